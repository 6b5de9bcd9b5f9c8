// Package header rotates the secret header that API Gateway injects and the user pool's web ACL requires, without refusing a request. It is
// plain Go behind the interfaces of ports.go; functions/originheader connects it to AWS.
//
// # Two places, one invariant
//
// The stage variable holds the injected value; the WAF regex pattern set holds the accepted values. Neither takes effect at once: for a
// while after a change, one request may meet the old version and the next one the new, in either place (Config.WAFBound,
// Config.StageBound). CloudFormation may rewrite the stage at any moment, with the value that was AWSCURRENT when it resolved the
// reference. The invariant is that no request carries a value which the version of the set that it meets does not hold:
//
//	injected ∈ accepted, for every pair of versions that a request may meet
//
// # Rotation
//
// Secrets Manager runs four steps and, if one fails, all of them again. Each step reads the state and does only what is missing.
//
//	createSecret  gives the version AWSPENDING a random value, unless it has one.
//	setSecret     accepted ∪= {pending, current, value in the stage}; probes the Cognito domain with the pending value; waits until
//	              WAFBound after it saw the set hold the value; looks once more; injects pending.
//	testSecret    reads the stage back and waits until it has held pending, unchanged, for StageBound.
//	finishSecret  makes sure of that again and moves AWSCURRENT.
//
// No step removes anything. The probes find a broken setup early but prove nothing, because they meet only some WAF hosts. The wait makes
// the injection safe.
//
// # Reconciler
//
// It runs when AWSCURRENT has moved, every 15 minutes, and after CloudFormation changed something. In this order, it
//
//  1. reads the set with its lock token, then the stage, then the secret;
//  2. repairs drift: accepts {current, pending, value in the stage}, waits for WAFBound, injects current, unless the stage injects
//     the pending value of a rotation;
//  3. undoes a rotation that has not moved for StuckLimit: as a repair that knows no pending value, then AWSPENDING is removed;
//  4. flushes the stage cache if requests were refused, because the refusals are cached, too;
//  5. or removes the values that are neither current, nor pending, nor in the stage, once nothing has changed for Grace; waits for
//     WAFBound, and asks through the gateway once: if WAF refuses, the values come back and a flush becomes due.
//
// The set may hold ten patterns. A rotation that finds it full fails, and works again when the reconciler has removed old values. A repair
// must not fail for that reason: it evicts the oldest values, but only when the stage has settled.
//
// # Why it is safe
//
// Adding: a value is injected by this package only after the set was seen to hold it WAFBound ago, and values leave the set only by
// removal. CloudFormation injects values that are or were current, and those were accepted before they became so.
//
// Removing: let x leave the set at time T. WAF checks the lock token, so the set did not change between its reading and T, and
// everything else was read in between. By these readings x was neither current, pending nor in the stage, and no label and no
// stage setting had changed for Grace. Whoever could still write x to the stage decided so when x had a label: an invocation that
// is older than that is dead (Grace ≥ FunctionTimeout + both bounds; a reading may be as old as a bound), and so is a stack update
// (Grace is longer than one takes). Requests stopped carrying x a StageBound after it left the stage, which Grace covers as well.
//
// This rests on what AWS documents or does: an UpdateRegexPatternSet with a used lock token fails; UpdateSecretVersionStage fails when
// AWSCURRENT is not on the version named; LastChangedDate moves with every label; a stage's lastUpdatedDate moves with its variables. It
// does not rest on reserved concurrency. The tests explore it: every kind of failure hits every call of two rotations and their reconciles,
// with a stack update, a person, an overlapping reconcile or an overlapping retry at every point, and the invariant is checked for every
// pair of versions. The tests also catch each of the broken variants in brokenVariants.
//
// This package cannot prevent three things that break the invariant; the next reconcile heals them: another writer rewrites the pattern
// set, a stack update resolves a value that was made current by hand before it was accepted, or a stack update writes a revoked value.
//
// # Where the state lives
//
// An invocation may end at any call, and keeps nothing for the next one. The state is in AWS:
//
//	which value is current, pending, none   labels of the secret's versions (DescribeSecret)
//	the values                              the versions (GetSecretValue)
//	accepted values, and who was faster     the pattern set and its lock token
//	injected value, dwell of the stage      the stage variable and the stage's lastUpdatedDate
//	grace, age of a rotation                LastChangedDate and LastRotatedDate of the secret, lastUpdatedDate, and the last flush;
//	                                        never a version's CreatedDate: it may have been current until a second ago
//	a flush that is due, the last flush     the tag FlushTagKey of the secret, written before the repair that makes it necessary
//	what a person wants                     the event, which can be sent again
//
// Only the wait after accepting has no state: the set has no date, and its description must stay as it was created. If an invocation dies
// while waiting, the next one waits for the full time. So Config.Validate requires that all waits of an invocation fit into it, and an
// invocation does not begin a wait that is longer than its remaining time.
package header
