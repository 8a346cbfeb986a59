package builtin

import "fmt"

// problem is an error whose text was written for an admin; what caused it stays reachable for errors.Is and errors.As.
type problem struct {
	text  string
	cause error
}

func (p *problem) Error() string { return p.text }
func (p *problem) Unwrap() error { return p.cause }

// Sentence makes an error that reads as one sentence for an admin. The cause is not part of the text, because texts of
// PostgreSQL and of its driver may carry SQL, addresses and values; it may be nil.
func Sentence(cause error, format string, args ...any) error {
	return &problem{fmt.Sprintf(format, args...), cause}
}
