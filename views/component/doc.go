// Package component holds the small parts every page is made of: icons, avatars, fields, notices, times, sentences, values. A part
// takes plain data and never fails on it, however odd: names come from applications.
package component
