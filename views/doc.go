// Package views draws the pages. Each takes a model that says everything on it, field by field; a view makes no query, knows no route and
// never fails on odd data. It may import models, static and the packages below it.
package views
