// SPDX-License-Identifier: MIT
// The hypercall ABI: the one definition that the hypervisor, its guests and its documents share.
// docs/hypercalls.md explains it for people who write a client. Plain C99 plus <stdint.h>; the
// including file chooses the fixed-width types (Linux: <linux/types.h>).
#ifndef TESSERA_HYPERCALL_H
#define TESSERA_HYPERCALL_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

#define TESSERA_ABI_VERSION 2

// CPUID 0x4000_0000: EAX = highest leaf, EBX:ECX:EDX = "TesseraHyper".
// CPUID 0x4000_0001: EAX = TESSERA_ABI_VERSION, EBX = TESSERA_FEATURE_*.
#define TESSERA_CPUID_BASE     0x40000000U
#define TESSERA_CPUID_FEATURES 0x40000001U
#define TESSERA_CPUID_MAX      TESSERA_CPUID_FEATURES
#define TESSERA_SIGNATURE      "TesseraHyper"

#define TESSERA_FEATURE_SPP    (1U << 0) // tiles are enforced by hardware (SPP)
#define TESSERA_FEATURE_STEP   (1U << 1) // single steps work: discard, audit, byte-exact sharing

// One tile: the unit of hardware write permission. 32 tiles make a 4 KiB page.
#define TESSERA_TILE_SIZE      128U
#define TESSERA_TILES_PER_PAGE 32U
#define TESSERA_ACCESS_MAX     512U // pages in one access call
#define TESSERA_NAME_SIZE      24U  // bytes of a rule's name, the closing zero included

// VMCALL from CPL 0: RAX = call, RDI, RSI, RDX, RCX = arguments, R8 = key (0 while unclaimed).
// Returns RAX = 0 or a negative error, RDX = the call's value. All other registers are kept.
// The instruction is the three bytes 0F 01 C1 without a prefix.
//
//       name           number  arguments                                 value in RDX
// clang-format off
#define TESSERA_CALLS(X) \
	X(QUERY,         0, "what",                           "the answer") \
	X(PROTECT,       1, "rule, gpa, length",              "0") \
	X(UNPROTECT,     2, "rule, gpa, length",              "0") \
	X(ACCESS_GET,    3, "first gpa, pages, gpa of maps",  "pages read") \
	X(ACCESS_SET,    4, "first gpa, pages, gpa of maps",  "pages set") \
	X(RULE_CREATE,   5, "gpa of struct tessera_rule",     "the rule's number") \
	X(RULE_DELETE,   6, "rule",                           "0") \
	X(RULE_GET,      7, "rule, gpa of struct tessera_rule", "the next rule's number, or -1") \
	X(REGION_GET,    8, "index, gpa of struct tessera_region", "0") \
	X(EVENTS_START,  9, "gpa of ring, pages, interrupt vector or 0", "records that fit") \
	X(EVENTS_STOP,  10, "",                               "0") \
	X(SEAL,         11, "rule, or -1 for the whole policy", "0") \
	X(CLAIM,        12, "",                               "the key") \
	X(RELEASE,      13, "",                               "0") \
	X(LOCKDOWN,     14, "",                               "0") \
	X(DEVIRTUALIZE, 15, "",                               "0") \
	X(STATISTICS,   16, "gpa of struct tessera_statistics, its size", "bytes written") \
	X(LOG_READ,     17, "first sequence, gpa of struct tessera_log_line, lines, which log", \
	                                                      "lines written") \
	X(BATCH,        18, "gpa of struct tessera_operation, operations", \
	                                                      "0; after an error: which failed") \
	X(PROTECT_GVA,  19, "rule, gva, length",              "0; after an error: where") \
	X(UNPROTECT_GVA, 20, "rule, gva, length",             "0; after an error: where")
// clang-format on

#define TESSERA_CALL_ENUM(name, number, arguments, value) TESSERA_CALL_##name = number,
enum tessera_call { TESSERA_CALLS(TESSERA_CALL_ENUM) TESSERA_CALL_COUNT };

//       name            number  what it says to a person
// clang-format off
#define TESSERA_ERRORS(X) \
	X(OK,              0, "done") \
	X(UNKNOWN_CALL,   -1, "no such call: ask query for the ABI version") \
	X(BAD_ARGUMENT,   -2, "an argument is out of its range or a reserved bit is set") \
	X(BAD_ADDRESS,    -3, "the address is not guest memory: use RAM of this machine") \
	X(NO_MEMORY,      -4, "the hypervisor's pool is used up: raise memory = in tessera.conf") \
	X(NOT_FOUND,      -5, "no such rule or region: list them first") \
	X(EXISTS,         -6, "the same region or name is there already") \
	X(SEALED,         -7, "the rule is sealed and cannot be loosened until reset") \
	X(DENIED,         -8, "wrong key, or the policy is locked down") \
	X(UNSUPPORTED,    -9, "this processor or configuration cannot do that") \
	X(BUSY,          -10, "another CPU is in the way just now: try again") \
	X(PROTECTED,     -11, "the buffer lies in protected memory: give another one") \
	X(LIMIT,         -12, "too many: a fixed limit of the hypervisor is reached") \
	X(IN_USE,        -13, "the rule still has regions: unprotect them first")
// clang-format on

#define TESSERA_ERROR_ENUM(name, number, text) TESSERA_##name = number,
enum tessera_error { TESSERA_ERRORS(TESSERA_ERROR_ENUM) };

//       name           number  what RDX tells
// clang-format off
#define TESSERA_QUERIES(X) \
	X(ABI,             0, "ABI version") \
	X(FEATURES,        1, "TESSERA_FEATURE_* bits") \
	X(ENGINE,          2, "enum tessera_engine") \
	X(CPUS,            3, "processors under Tessera") \
	X(REGIONS,         4, "regions in force") \
	X(REGIONS_MAX,     5, "regions that fit, or -1 for as many as memory allows") \
	X(ACCESS_MAX,      6, "pages in one access call, at most") \
	X(EXITS,           7, "VM exits of the calling processor since its launch") \
	X(BLOCKED,         8, "blocked writes of this VM: denied or discarded") \
	X(FREE_PAGES,      9, "free 4 KiB pages in the pool") \
	X(SHOOTDOWNS,     10, "awaited shootdowns of this VM") \
	X(VMREADS,        11, "VMREADs of the calling processor, 0 where not counted") \
	X(VMWRITES,       12, "VMWRITEs of the calling processor, 0 where not counted")
// clang-format on

#define TESSERA_QUERY_ENUM(name, number, text) TESSERA_QUERY_##name = number,
enum tessera_query { TESSERA_QUERIES(TESSERA_QUERY_ENUM) TESSERA_QUERY_COUNT };

enum tessera_engine { TESSERA_ENGINE_SOFTWARE = 0, TESSERA_ENGINE_HARDWARE = 1 };

// What happens on a write, from the mildest to the strictest. Where regions overlap, the strictest
// wins. ALLOW is no rule's action: it is the answer for bytes that no region covers.
//       name       number  name in text   what it means
// clang-format off
#define TESSERA_ACTIONS(X) \
	X(ALLOW,   0, "allow",   "no rule") \
	X(AUDIT,   1, "audit",   "the write happens and its old and new bytes are recorded") \
	X(DISCARD, 2, "discard", "the write vanishes and the guest goes on") \
	X(DENY,    3, "deny",    "the guest gets a fault") \
	X(FREEZE,  4, "freeze",  "the machine stops for the operator")
// clang-format on

#define TESSERA_ACTION_ENUM(name, number, text, meaning) TESSERA_ACTION_##name = number,
enum tessera_action { TESSERA_ACTIONS(TESSERA_ACTION_ENUM) TESSERA_ACTION_COUNT };

#define TESSERA_RULE_SEALED  (1U << 0) // cannot be loosened until reset
#define TESSERA_RULE_BUILTIN (1U << 1) // made by Tessera itself, cannot be deleted

// Rules that always exist: plain PROTECT without a rule of one's own, and the access maps.
#define TESSERA_RULE_DENY   0U
#define TESSERA_RULE_ACCESS 1U

struct tessera_rule {
	uint32_t number; // out
	uint32_t action; // enum tessera_action, AUDIT..FREEZE
	uint32_t flags;  // TESSERA_RULE_*; only SEALED may be set by a caller
	uint32_t tag;    // free for the caller's use
	char name[TESSERA_NAME_SIZE];
	uint64_t writes;  // out: writes that met this rule
	uint64_t blocked; // out: of these, denied or discarded
	uint64_t regions; // out: regions that carry the rule
};

struct tessera_region {
	uint64_t gpa;
	uint64_t length;
	uint32_t rule;
	uint32_t reserved;
};

// One operation of a batch.
struct tessera_operation {
	uint32_t call; // TESSERA_CALL_PROTECT, UNPROTECT, PROTECT_GVA or UNPROTECT_GVA
	uint32_t rule;
	uint64_t address;
	uint64_t length;
	uint64_t reserved; // 0
};
#define TESSERA_BATCH_MAX  128U // operations in one batch
#define TESSERA_CHANGE_MAX 512U // regions, and guest page-table entries read, in one call

// One event: a write that met a rule.
struct tessera_event {
	uint64_t tsc;
	uint64_t gpa; // first byte that the rule covers
	uint64_t gva; // as the processor reported it
	uint64_t rip;
	uint64_t before; // audit: the aligned 8 bytes around gpa before the write, and after it
	uint64_t after;
	uint32_t sequence; // grows by one with each event, 0 is never used
	uint32_t cr3_page; // CR3 >> 12
	uint16_t rule;
	uint16_t cpu;
	uint8_t action; // enum tessera_action, as carried out
	uint8_t size;   // bytes changed, 0 where not known
	uint16_t info;  // TESSERA_EVENT_*
};

// The ring that EVENTS_START gives to Tessera: this header, then records up to the end of its
// pages. Record i of the stream (i counts from 0) stands in place i modulo `records`. Tessera
// writes all but `tail`; the guest sets `tail` to the number of records that it is done with. While
// the ring is full further events are dropped and counted.
struct tessera_ring {
	uint32_t version; // TESSERA_ABI_VERSION
	uint32_t records; // places
	uint64_t head;    // records written so far
	uint64_t tail;    // records the guest is done with
	uint64_t dropped; // events that found the ring full, or came too fast
	uint64_t reserved[4];
};
#define TESSERA_RING_PAGES     256U // at most

#define TESSERA_EVENT_CPL      3U        // mask
#define TESSERA_EVENT_DELIVERY (1U << 2) // the processor was delivering an interrupt or exception

// What STATISTICS tells. Fields may be added behind these: a caller says how large the struct is
// that it was built with, and is told how much of it was filled in.
//        name              kind     what it tells
// clang-format off
#define TESSERA_STATISTICS(X) \
	X(tsc,              GAUGE,   "time stamp counter when this was read") \
	X(tsc_hz,           GAUGE,   "ticks of the time stamp counter in a second") \
	X(started,          GAUGE,   "time stamp counter when Tessera started") \
	X(cpus,             GAUGE,   "CPUs under Tessera") \
	X(rules,            GAUGE,   "rules, built-in ones included") \
	X(sealed_rules,     GAUGE,   "rules that are sealed") \
	X(regions,          GAUGE,   "regions in force") \
	X(mapped_pages,     GAUGE,   "pages whose access map closes a tile") \
	X(claimed,          GAUGE,   "1 while somebody holds the key") \
	X(locked_down,      GAUGE,   "1 in lockdown") \
	X(audited_writes,   COUNTER, "writes that were recorded and let through") \
	X(discarded_writes, COUNTER, "writes that vanished") \
	X(denied_writes,    COUNTER, "writes that were answered with a fault") \
	X(frozen_writes,    COUNTER, "writes that stopped the machine for the operator") \
	X(ring_records,     COUNTER, "events that were written into the agent's ring") \
	X(ring_dropped,     COUNTER, "events that found the agent's ring full, or came too fast") \
	X(spp_misses,       COUNTER, "SPP tables that were rebuilt because they were missing") \
	X(spp_starved,      COUNTER, "of these: without memory, so that software serves the page") \
	X(spp_broken,       COUNTER, "SPP tables that were rebuilt because they were malformed") \
	X(shootdowns,       COUNTER, "awaited shootdowns of all CPUs' translations") \
	X(shootdown_nmis,   COUNTER, "NMIs that were sent for them") \
	X(invalidations,    COUNTER, "times that a CPU dropped its translations") \
	X(hidden_reads,     COUNTER, "reads of the hypervisor's own memory, answered with zeros") \
	X(hidden_writes,    COUNTER, "writes to the hypervisor's own memory, which vanished") \
	X(exit_loops,       COUNTER, "VM exits that repeated at one place until the guard acted") \
	X(wrong_keys,       COUNTER, "calls that were refused for their key") \
	X(log_lines,        COUNTER, "lines written to the hypervisor's log") \
	X(pool_pages,       GAUGE,   "4 KiB pages in the hypervisor's pool") \
	X(pool_free,        GAUGE,   "free pages in the pool") \
	X(pool_free_least,  GAUGE,   "the fewest pages that were ever free")
// clang-format on

#define TESSERA_EXIT_REASONS 80U // as Intel's manual numbers the basic exit reasons

struct tessera_statistics {
	uint64_t exits[TESSERA_EXIT_REASONS]; // VM exits of all processors by reason
#define TESSERA_STATISTICS_FIELD(name, kind, text) uint64_t name;
	TESSERA_STATISTICS(TESSERA_STATISTICS_FIELD)
};

// The levels of the log, the gravest first.
//       name   letter  name in text
// clang-format off
#define TESSERA_LOG_LEVELS(X) \
	X(ERROR, 'E', "error") \
	X(WARN,  'W', "warn") \
	X(INFO,  'I', "info") \
	X(DEBUG, 'D', "debug")
// clang-format on

// Which log: this one, or the one that was written before the last warm reset.
enum tessera_log { TESSERA_LOG_CURRENT = 0, TESSERA_LOG_PREVIOUS = 1, TESSERA_LOG_COUNT };

#define TESSERA_LOG_MAX       16U  // lines in one call
#define TESSERA_LOG_TEXT_SIZE 108U // bytes of a line's text, the closing zero included

struct tessera_log_line {
	uint64_t sequence; // grows by one with each line, 0 is never used
	uint64_t tsc;
	uint16_t cpu;
	uint8_t level; // its place in TESSERA_LOG_LEVELS
	uint8_t ready; // 1: the line is whole
	char text[TESSERA_LOG_TEXT_SIZE];
};

#endif
