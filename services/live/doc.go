// Package live answers for waking requests that wait for something new: one connection of each process listens to what the journal tells its
// readers, and whoever waits for a workspace looks again. It reads no activities itself, and writes no table.
package live
