package models

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of failure an Error is. One place (handlers) maps kinds to HTTP status codes, another (the command line) to exit codes.
type Kind int

// The kinds of failure, with the status they become over HTTP.
const (
	Internal        Kind = iota // 500: ours; the cause goes to the log and nowhere else
	Malformed                   // 400: the request could not be read: syntax, an unknown parameter, a bad parameter value
	Invalid                     // 422: read, but the values break a rule
	Unauthenticated             // 401: nobody, or a credential that is not valid (any more)
	Forbidden                   // 403: somebody, who may not
	NotFound                    // 404: not there, or not for this viewer
	Conflict                    // 409: contradicts what is recorded already
	Gone                        // 410: was there once
	TooLarge                    // 413: beyond a documented size
	Unsupported                 // 415: a content type or encoding that is not spoken here
	TooMany                     // 429: slower, please; RetryAfter says when
	Unavailable                 // 503: not now; RetryAfter says when
)

// FieldError names one wrong field of the input. Index is the position in a batch (from 0), or -1.
type FieldError struct {
	Index   int
	Field   string
	Message string
}

// Error is the one error type that crosses package borders with a meaning. Detail and Fields are safe to show to the client;
// the wrapped cause is for the log alone.
type Error struct {
	Kind       Kind
	Detail     string       // a sentence for the client
	Fields     []FieldError // what to mend, in the order of the input
	RetryAfter time.Duration
	cause      error
}

// Errorf makes an Error whose detail is the formatted sentence.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Detail: fmt.Sprintf(format, args...)}
}

// FieldErrorf makes an Error about a single field; its detail is the field's message too.
func FieldErrorf(kind Kind, field, format string, args ...any) *Error {
	message := fmt.Sprintf(format, args...)
	return &Error{Kind: kind, Detail: field + ": " + message, Fields: []FieldError{{Index: -1, Field: field, Message: message}}}
}

// Because keeps the cause for the log.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// Error gives the safe detail followed by the private cause: for logs, never for clients.
func (e *Error) Error() string {
	if e.cause != nil {
		return e.Detail + ": " + e.cause.Error()
	}
	return e.Detail
}

// Unwrap gives the private cause.
func (e *Error) Unwrap() error { return e.cause }

// KindOf tells the kind of any error; one that is not ours is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// JoinFields makes one error of several about fields: of the first one's kind, with everybody's fields. Nils are passed over; an error that is not
// about fields is given as it is.
func JoinFields(errs ...error) error {
	var joined *Error
	for _, err := range errs {
		var e *Error
		switch {
		case err == nil:
		case !errors.As(err, &e) || len(e.Fields) == 0:
			return err
		case joined == nil:
			copied := *e
			joined = &copied
		default:
			joined.Fields = append(joined.Fields[:len(joined.Fields):len(joined.Fields)], e.Fields...)
		}
	}
	if joined == nil {
		return nil
	}
	return joined
}

// PrefixFields puts a prefix before the names of an error's fields, for a form that asks for several things at once.
func PrefixFields(prefix string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	copied := *e
	copied.Fields = nil
	for _, f := range e.Fields {
		f.Field = prefix + f.Field
		copied.Fields = append(copied.Fields, f)
	}
	return &copied
}
