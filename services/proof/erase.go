package proof

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"

	"daybook/models"
)

// Replacement is what takes the place of some content of a row.
type Replacement struct {
	Is     *models.Activity
	Salts  map[Group][]byte // all four, for the row key goes
	Groups []ReplacedGroup  // those that differ, in the order of their names
}

// ReplacedGroup is the commitment to a group before and after.
type ReplacedGroup struct {
	Part          Group
	Before, After []byte
}

// byName are the groups in the order of their names, which is the one of a digest.
var byName = [4]Group{Data, Entity, Text, Who}

// Replace finds out which groups of a row say something else now, and gives those a new salt and a commitment to what they say. It has no groups when
// nothing differs. What is no personal content has to be the same.
func Replace(was, is Subject) (Replacement, error) { return replace(was, is, newSalt) }

func replace(was, is Subject, newSalt func() []byte) (Replacement, error) {
	r := Replacement{Is: is.Activity, Salts: make(map[Group][]byte, len(Groups))}
	if same, err := sameForm(fixedPart(was.Activity), fixedPart(is.Activity)); err != nil {
		return r, err
	} else if !same {
		return r, fmt.Errorf("the fixed part of activity %d would be another one", was.Activity.Seq)
	}
	is.past = &past{salts: r.Salts}
	for _, g := range byName {
		if r.Salts[g] = was.salt(g); len(r.Salts[g]) == 0 {
			return r, fmt.Errorf("group %s of activity %d has no salt", g, was.Activity.Seq)
		}
		same, err := sameForm(content(was, g), content(is, g))
		if err != nil {
			return r, err
		}
		if same {
			continue
		}
		replaced := ReplacedGroup{Part: g}
		if replaced.Before, err = Commit(was, g); err != nil {
			return r, err
		}
		r.Salts[g] = newSalt()
		if replaced.After, err = Commit(is, g); err != nil {
			return r, err
		}
		r.Groups = append(r.Groups, replaced)
	}
	return r, nil
}

// newSalt makes a salt that nothing else gives.
func newSalt() []byte {
	salt := make([]byte, sha256.Size)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	return salt
}

// sameForm tells whether two values have the same canonical form.
func sameForm(one, other any) (bool, error) {
	a, err := canonical(one)
	if err != nil {
		return false, err
	}
	b, err := canonical(other)
	return err == nil && bytes.Equal(a, b), err
}

// Digest is what the record of an erasure says of all groups that it tells of: SHA-256 over a line for each, in the order of their numbers and names.
type Digest struct{ sum hash.Hash }

// NewDigest makes the digest of nothing.
func NewDigest() Digest { return Digest{sha256.New()} }

// Add adds the line of one group.
func (d Digest) Add(seq int64, g ReplacedGroup) {
	line := strconv.AppendInt(nil, seq, 10)
	line = append(append(line, ' '), g.Part...)
	line = hex.AppendEncode(append(line, ' '), g.Before)
	line = hex.AppendEncode(append(line, ' '), g.After)
	d.sum.Write(append(line, '\n'))
}

// String gives it in hex.
func (d Digest) String() string { return hex.EncodeToString(d.sum.Sum(nil)) }
