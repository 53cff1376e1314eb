//! Pictures drawn here: a bar chart or a map, as PNG with a palette.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::super::draw::Draw;

const WIDTH: usize = 480;
const HEIGHT: usize = 300;
/// Paper, ink, bar, weak line, water, land, forest, road, marker.
const PALETTE: [[u8; 3]; 9] = [
    [255, 255, 255],
    [31, 41, 55],
    [0, 98, 186],
    [214, 219, 226],
    [190, 220, 240],
    [232, 236, 214],
    [196, 217, 178],
    [246, 197, 92],
    [197, 34, 31],
];
const PAPER: u8 = 0;
const INK: u8 = 1;
const BAR: u8 = 2;
const WEAK: u8 = 3;
const WATER: u8 = 4;
const LAND: u8 = 5;
const FOREST: u8 = 6;
const ROAD: u8 = 7;
const MARKER: u8 = 8;

/// One byte for each pixel, row by row.
struct Canvas(Vec<u8>);

impl Canvas {
    fn filled(&mut self, x: std::ops::Range<usize>, y: std::ops::Range<usize>, colour: u8) {
        let columns = x.start.min(WIDTH)..x.end.min(WIDTH);
        for row in self.0.chunks_mut(WIDTH).take(y.end).skip(y.start) {
            if let Some(pixels) = row.get_mut(columns.clone()) {
                pixels.fill(colour);
            }
        }
    }
}

/// A picture that suits its name: figures as a chart, everything else as a map.
pub fn drawn(name: &str, kind: u64) -> Vec<u8> {
    let is_chart = name.starts_with("Folketal") || name.starts_with("Døgntrafikk");
    let mut canvas = Canvas(vec![PAPER; WIDTH * HEIGHT]);
    let mut draw = Draw::new(kind, &[7]);
    if is_chart {
        chart(&mut canvas, &mut draw);
    } else {
        map(&mut canvas, &mut draw);
    }
    png(&canvas.0)
}

fn chart(canvas: &mut Canvas, draw: &mut Draw) {
    for line in 0..6 {
        let y = 30 + line * 45;
        canvas.filled(40..460, y..y + 1, WEAK);
    }
    for bar in 0..10 {
        let height = 60 + bar * 9 + usize::try_from(draw.below(60)).unwrap_or(0);
        let x = 54 + bar * 41;
        canvas.filled(x..x + 26, 255 - height..255, BAR);
    }
    canvas.filled(40..460, 255..257, INK);
    canvas.filled(40..42, 24..257, INK);
}

/// A shore, a forest, a road along the water and a marker: each line a walk from row to row.
fn map(canvas: &mut Canvas, draw: &mut Draw) {
    let mut shore = 150 + usize::try_from(draw.below(60)).unwrap_or(0);
    let mut edge = 360;
    for y in 0..HEIGHT {
        let step = |draw: &mut Draw| usize::try_from(draw.below(5)).unwrap_or(2);
        shore = (shore + step(draw)).saturating_sub(2).clamp(90, 240);
        edge = (edge + step(draw)).saturating_sub(2).clamp(300, 440);
        canvas.filled(0..shore, y..y + 1, WATER);
        canvas.filled(shore..edge, y..y + 1, LAND);
        canvas.filled(edge..WIDTH, y..y + 1, FOREST);
        canvas.filled(shore + 34..shore + 40, y..y + 1, ROAD);
        canvas.filled(shore..shore + 1, y..y + 1, INK);
    }
    let x = 260 + usize::try_from(draw.below(60)).unwrap_or(0);
    let y = 90 + usize::try_from(draw.below(100)).unwrap_or(0);
    canvas.filled(x..x + 18, y..y + 18, MARKER);
    canvas.filled(x + 6..x + 12, y + 6..y + 12, PAPER);
    canvas.filled(20..120, 280..283, INK);
}

fn png(pixels: &[u8]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    for side in [WIDTH, HEIGHT] {
        header.extend_from_slice(&u32::try_from(side).unwrap_or(0).to_be_bytes());
    }
    // Eight bits, palette, and the only compression, filter and order of rows that are common.
    header.extend_from_slice(&[8, 3, 0, 0, 0]);
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"PLTE", &PALETTE.concat());
    let mut rows = Vec::with_capacity(pixels.len() + HEIGHT);
    for row in pixels.chunks(WIDTH) {
        rows.push(0);
        rows.extend_from_slice(row);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail; should it ever, the picture is empty and its test says so.
    let data = encoder.write_all(&rows).and_then(|()| encoder.finish());
    chunk(&mut out, b"IDAT", &data.unwrap_or_default());
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    out.extend_from_slice(&u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(name);
    crc.update(data);
    out.extend_from_slice(name);
    out.extend_from_slice(data);
    out.extend_from_slice(&crc.sum().to_be_bytes());
}
