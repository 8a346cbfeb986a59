// Package jobs has work done after the request that asked for it, in whichever process has time: it is a River client, and a worker of two lines for
// each call of a service. What is to be done, how far it is and whether it failed stands in that service's own tables; a job says no more than that
// there is something to do, so that none is missed by a job that is lost, and none is done twice by one that comes twice.
//
// River's tables (river_*) are its own. It imports services/database, services/erasure and services/export.
package jobs
