package handlers

import (
	"net"
	"testing"
)

// The server and fasthttp both close the listener, in no order. Neither learns of the other, or stopping would look like a failure.
func TestAListenerIsClosedOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := &lingering{Listener: l}
	for range 2 {
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := listener.Accept(); err == nil {
		t.Error("it still listens")
	}
}
