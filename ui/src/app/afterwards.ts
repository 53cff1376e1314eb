// What the first picture of the window does without, fetched once it is there, so that no act has to wait for it: the
// design system's behaviour for the whole document, and the reading pane.
import "@digdir/designsystemet-web";
import "../features/message/ReadingPane.tsx";
