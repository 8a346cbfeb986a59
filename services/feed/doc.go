// Package feed reads activities: what a Filter selects of what a Scope allows, in feed order or in sync order, a page at a time. A page costs
// the same at any depth: every list is a merge of index scans that are bounded by the page's size.
//
// It writes no table. It imports models, services/access and services/database.
package feed
