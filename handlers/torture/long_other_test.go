//go:build torture && !linux

package torture

import "testing"

func TestTortureFullDisk(t *testing.T) {
	t.Fatal("This test fills a disk of its own, in a mount namespace: it needs Linux.")
}

func TestTortureMemory(t *testing.T) {
	t.Fatal("This test reads how much memory processes had from /proc: it needs Linux.")
}
