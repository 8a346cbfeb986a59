// Package proof makes the commitments by which anybody can check that an activity is the one that was recorded, also after some of
// its personal content was erased. README.md beside this file specifies the bytes, with test vectors.
//
// It writes no table yet; VerifyWorkspace and Checker read activities, actors and workspace_heads. It imports models and services/database.
package proof
