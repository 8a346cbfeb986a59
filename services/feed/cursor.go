package feed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"daybook/models"
)

// Cursors are opaque to clients, bound to the list they come from, and authenticated: a cursor of another filter, workspace or order is
// refused, and so is one with a flipped bit.

const (
	cursorOlder byte = 1 // continue with older rows
	cursorNewer byte = 2 // continue with newer rows
	macBytes         = 16
)

// cursor is a direction and a position.
type cursor struct {
	newer bool
	at    position
}

func (s *Service) printCursor(c cursor, list string) string {
	b := make([]byte, 17, 17+macBytes)
	b[0] = cursorOlder
	if c.newer {
		b[0] = cursorNewer
	}
	binary.BigEndian.PutUint64(b[1:], uint64(c.at.OccurredAt))
	binary.BigEndian.PutUint64(b[9:], uint64(c.at.ID))
	return base64.RawURLEncoding.EncodeToString(append(b, s.cursorMAC(b, list)...))
}

func (s *Service) cursorMAC(b []byte, list string) []byte {
	mac := hmac.New(sha256.New, s.cursorKey)
	mac.Write(b)
	mac.Write([]byte(list))
	return mac.Sum(nil)[:macBytes]
}

func (s *Service) parseCursor(text, list string) (*cursor, error) {
	if text == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	asPrinted := err == nil && base64.RawURLEncoding.EncodeToString(b) == text // decoding passes over line breaks and stray bits
	if !asPrinted || len(b) != 17+macBytes || !hmac.Equal(b[17:], s.cursorMAC(b[:17], list)) || b[0] != cursorOlder && b[0] != cursorNewer {
		return nil, models.FieldErrorf(models.Malformed, "cursor", "is not a cursor of this list; take it from the page before (Link header, next_cursor), with the same filter")
	}
	return &cursor{newer: b[0] == cursorNewer, at: position{
		OccurredAt: int64(binary.BigEndian.Uint64(b[1:])), ID: int64(binary.BigEndian.Uint64(b[9:])),
	}}, nil
}
