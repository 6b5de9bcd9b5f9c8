import { readFileSync } from "node:fs";

// peakMemory is this process's, in bytes.
export function peakMemory() {
  const match = readFileSync("/proc/self/status", "utf8").match(/VmHWM:\s+(\d+) kB/);
  return match ? Number(match[1]) * 1024 : 0;
}
