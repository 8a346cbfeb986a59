package account

// WriteMark makes cursors that no list has given.
var WriteMark = writeMark
