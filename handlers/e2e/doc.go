// Package e2e tells the stories of people who use Daybook: a real Chromium opens the pages of a real `daybook serve`. Whatever page a
// story comes to is checked as a whole: nothing in the console, nothing refused by the policy, no failed request, nothing wider than the
// screen, nothing that axe-core finds, in light and dark, on a desktop and on a phone. Everything is behind the build tag e2e (`make e2e`).
//
// With DAYBOOK_SHOTS a picture of every page and state is written into that folder.
package e2e
