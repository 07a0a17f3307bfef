// Numbers as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

export function countText(count: number): string {
  return whole.format(count);
}

export function bitrateText(kbps: number): string {
  return kbps < 1000 ? `${whole.format(kbps)} kbit/s` : `${(kbps / 1000).toFixed(1)} Mbit/s`;
}

/** `1:02:03`, `2:03`. */
export function clockText(seconds: number): string {
  const rounded = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(rounded / 3600), Math.floor(rounded / 60) % 60, rounded % 60];
  const twoDigits = (number: number) => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${twoDigits(rest)}` : `${minutes}:${twoDigits(rest)}`;
}

/** `1:02:03.4`, where tenths count. */
export function preciseClockText(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10));
  return `${clockText(Math.floor(tenths / 10))}.${tenths % 10}`;
}

const UNITS = ["byte", "kB", "MB", "GB", "TB"];

export function sizeText(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1000 && unit < UNITS.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${unit < 3 ? whole.format(size) : oneDigit.format(size)} ${UNITS[unit]}`;
}

export function rateText(framesPerSecond: number): string {
  return `${Number(framesPerSecond.toFixed(2))} fps`;
}

export function secondsText(seconds: number): string {
  return `${oneDigit.format(seconds)} s`;
}

const CODECS: Readonly<Record<string, string>> = {
  ...{ h264: "H.264", h265: "HEVC", hevc: "HEVC", av1: "AV1", vp9: "VP9" },
  ...{ aac: "AAC", opus: "Opus", flac: "FLAC", ac3: "AC-3", eac3: "E-AC-3", mp3: "MP3" },
};

export function codecText(codec: string): string {
  return CODECS[codec] ?? codec;
}

const CHANNELS: Readonly<Record<number, string>> = { 1: "mono", 2: "stereo", 6: "5.1", 8: "7.1" };

export function channelsText(channels: number): string {
  return CHANNELS[channels] ?? `${channels} channels`;
}
