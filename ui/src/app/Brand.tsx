/** The mark: an envelope whose flap is a wing. */
export function Mark() {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect className="brand-ground" width="32" height="32" rx="5" />
      <path
        className="brand-letter"
        d="M7.5 9.5h17a1.5 1.5 0 0 1 1.5 1.5v10a1.5 1.5 0 0 1-1.5 1.5h-17A1.5 1.5 0 0 1 6 21V11a1.5 1.5 0 0 1 1.5-1.5Z"
      />
      <path
        className="brand-flap"
        d="M8 11.5l8 6.5 8-6.5"
        fill="none"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
