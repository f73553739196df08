// SPDX-License-Identifier: MIT
// The hypercall ABI, defined once for the hypervisor, its guests and its documents.
// docs/hypercalls.md explains it to people who write a client. Plain C99 with <stdint.h>, or with
// <linux/types.h> in the Linux kernel.
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

// A tile is the unit of write permission in hardware. 32 tiles make a 4 KiB page.
#define TESSERA_TILE_SIZE      128U
#define TESSERA_TILES_PER_PAGE 32U
#define TESSERA_ACCESS_MAX     512U // pages in one access call
#define TESSERA_NAME_SIZE      24U  // bytes of a rule's name, including the zero at its end

// VMCALL at CPL 0. Input: RAX = call, RDI, RSI, RDX, RCX = arguments, R8 = key (0 while there is no
// key holder). Output: RAX = 0 or a negative error, RDX = value. All other registers are preserved.
// The instruction is the three bytes 0F 01 C1, without a prefix.
//
// "key" is 1 for a call that needs the key as long as there is a key holder; "lockdown" is 1 for a
// call that still works after LOCKDOWN.
//
//       name           number  key, lockdown, arguments                     value in RDX
// clang-format off
#define TESSERA_CALLS(X) \
	X(QUERY,         0, 0, 1, "what",                           "the answer") \
	X(PROTECT,       1, 1, 0, "rule, gpa, length",              "0") \
	X(UNPROTECT,     2, 1, 0, "rule, gpa, length",              "0") \
	X(ACCESS_GET,    3, 1, 0, "first gpa, pages, gpa of maps",  "pages read") \
	X(ACCESS_SET,    4, 1, 0, "first gpa, pages, gpa of maps",  "pages set") \
	X(RULE_CREATE,   5, 1, 0, "gpa of struct tessera_rule",     "the rule's number") \
	X(RULE_DELETE,   6, 1, 0, "rule",                           "0") \
	X(RULE_GET,      7, 1, 0, "rule, gpa of struct tessera_rule", \
		"the next rule's number, or -1") \
	X(REGION_GET,    8, 1, 0, "index, gpa of struct tessera_region", "0") \
	X(EVENTS_START,  9, 1, 0, "gpa of ring, pages, interrupt vector or 0", "records that fit") \
	X(EVENTS_STOP,  10, 1, 0, "",                               "0") \
	X(SEAL,         11, 1, 0, "rule, or -1 for the whole policy", "0") \
	X(CLAIM,        12, 1, 0, "",                               "the key") \
	X(RELEASE,      13, 1, 0, "",                               "0") \
	X(LOCKDOWN,     14, 1, 0, "",                               "0") \
	X(DEVIRTUALIZE, 15, 1, 0, "",                               "0") \
	X(STATISTICS,   16, 1, 0, "gpa of struct tessera_statistics, its size", "bytes written") \
	X(LOG_READ,     17, 1, 0, \
		"first sequence, gpa of struct tessera_log_line, lines, which log", \
		"lines written") \
	X(BATCH,        18, 1, 0, "gpa of struct tessera_operation, operations", \
		"0; on error: the operation at fault") \
	X(PROTECT_GVA,  19, 1, 0, "rule, gva, length", \
		"0; on error: the address at fault") \
	X(UNPROTECT_GVA, 20, 1, 0, "rule, gva, length", \
		"0; on error: the address at fault")
// clang-format on

#define TESSERA_CALL_ENUM(name, number, key, lockdown, arguments, value) \
	TESSERA_CALL_##name = number,
enum tessera_call { TESSERA_CALLS(TESSERA_CALL_ENUM) TESSERA_CALL_COUNT };

//       name            number  message
// clang-format off
#define TESSERA_ERRORS(X) \
	X(OK,              0, "success") \
	X(UNKNOWN_CALL,   -1, "no such call: check the ABI version with QUERY") \
	X(BAD_ARGUMENT,   -2, "an argument is out of its range or a reserved bit is set") \
	X(BAD_ADDRESS,    -3, "the address is not guest memory: use RAM of this machine") \
	X(NO_MEMORY,      -4, "the hypervisor's pool is used up: raise memory = in tessera.conf") \
	X(NOT_FOUND,      -5, "no such rule or region: list them first") \
	X(EXISTS,         -6, "the same region or name exists already") \
	X(SEALED,         -7, "the rule is sealed and cannot be loosened until reset") \
	X(DENIED,         -8, "wrong key, or the policy is locked down") \
	X(UNSUPPORTED,    -9, "this CPU or configuration cannot do that") \
	X(BUSY,          -10, "another CPU is in the way just now: try again") \
	X(PROTECTED,     -11, "the buffer lies in protected memory: use another one") \
	X(LIMIT,         -12, "too many: a fixed limit of the hypervisor is reached") \
	X(IN_USE,        -13, "the rule still has regions: unprotect them first")
// clang-format on

#define TESSERA_ERROR_ENUM(name, number, text) TESSERA_##name = number,
enum tessera_error { TESSERA_ERRORS(TESSERA_ERROR_ENUM) };

//       name           number  value in RDX
// clang-format off
#define TESSERA_QUERIES(X) \
	X(ABI,             0, "ABI version") \
	X(FEATURES,        1, "TESSERA_FEATURE_* bits") \
	X(ENGINE,          2, "enum tessera_engine") \
	X(CPUS,            3, "CPUs under Tessera") \
	X(REGIONS,         4, "regions in force") \
	X(REGIONS_MAX,     5, "regions that fit, or -1 for as many as memory allows") \
	X(ACCESS_MAX,      6, "pages in one access call, at most") \
	X(EXITS,           7, "VM exits of the calling CPU since it was launched") \
	X(BLOCKED,         8, "blocked writes of this VM: denied or discarded") \
	X(FREE_PAGES,      9, "free 4 KiB pages in the pool") \
	X(SHOOTDOWNS,     10, "awaited shootdowns of this VM") \
	X(VMREADS,        11, "VMREADs of the calling CPU, 0 if they are not counted") \
	X(VMWRITES,       12, "VMWRITEs of the calling CPU, 0 if they are not counted")
// clang-format on

#define TESSERA_QUERY_ENUM(name, number, text) TESSERA_QUERY_##name = number,
enum tessera_query { TESSERA_QUERIES(TESSERA_QUERY_ENUM) TESSERA_QUERY_COUNT };

enum tessera_engine { TESSERA_ENGINE_SOFTWARE = 0, TESSERA_ENGINE_HARDWARE = 1 };

// What happens on a write, from the mildest action to the strictest. Where regions overlap, the
// strictest action applies. No rule can have the action ALLOW: it is the verdict on bytes that no
// region covers.
//       name       number  name in text   meaning
// clang-format off
#define TESSERA_ACTIONS(X) \
	X(ALLOW,   0, "allow",   "no rule applies: the write happens") \
	X(AUDIT,   1, "audit",   "the write happens; the bytes before and after are recorded") \
	X(DISCARD, 2, "discard", "the write is dropped and the guest continues") \
	X(DENY,    3, "deny",    "the guest gets a fault") \
	X(FREEZE,  4, "freeze",  "the guest is frozen until the operator resumes it")
// clang-format on

#define TESSERA_ACTION_ENUM(name, number, text, meaning) TESSERA_ACTION_##name = number,
enum tessera_action { TESSERA_ACTIONS(TESSERA_ACTION_ENUM) TESSERA_ACTION_COUNT };

#define TESSERA_RULE_SEALED  (1U << 0) // cannot be loosened until reset
#define TESSERA_RULE_BUILTIN (1U << 1) // created by Tessera itself, cannot be deleted

// Rules that always exist: one for PROTECT by callers that create none, and one for access maps.
#define TESSERA_RULE_DENY   0U
#define TESSERA_RULE_ACCESS 1U

struct tessera_rule {
	uint32_t number; // output
	uint32_t action; // enum tessera_action, AUDIT to FREEZE
	uint32_t flags;  // TESSERA_RULE_*; a caller can set SEALED only
	uint32_t tag;    // any number that the caller likes
	char name[TESSERA_NAME_SIZE];
	uint64_t writes;  // output: writes that met this rule
	uint64_t blocked; // output: of these, denied or discarded
	uint64_t regions; // output: regions under the rule
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

// An event: a write that met a rule.
struct tessera_event {
	uint64_t tsc;
	uint64_t gpa; // first byte that the rule covers
	uint64_t gva; // as the CPU reported it
	uint64_t rip;
	uint64_t before; // audit: the aligned 8 bytes around gpa before the write, and after it
	uint64_t after;
	uint32_t sequence; // grows by one with each event; never 0
	uint32_t cr3_page; // CR3 >> 12
	uint16_t rule;
	uint16_t cpu;
	uint8_t action; // enum tessera_action, as carried out
	uint8_t size;   // bytes changed, 0 if unknown
	uint16_t info;  // TESSERA_EVENT_*
};

// The header of the ring that EVENTS_START hands to Tessera. Records follow it up to the end of the
// ring's pages; record i of the stream, from 0 on, is at index i modulo `records`. Tessera writes
// all fields except `tail`, which the guest sets to the number of records that it has finished
// with. While the ring is full, further events are dropped and counted.
struct tessera_ring {
	uint32_t version; // TESSERA_ABI_VERSION
	uint32_t records; // records that fit into the ring
	uint64_t head;    // records written so far
	uint64_t tail;    // records that the guest has finished with
	uint64_t dropped; // events that were dropped: the ring was full, or they came too fast
	uint64_t reserved[4];
};
#define TESSERA_RING_PAGES     256U // at most

#define TESSERA_EVENT_CPL      3U        // mask
#define TESSERA_EVENT_DELIVERY (1U << 2) // the CPU was delivering an interrupt or exception

// The fields of STATISTICS. Later versions may add fields at the end: a caller passes the size of
// the struct that it was built with, and gets the number of bytes that were filled in.
//        name              kind     meaning
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
	X(claimed,          GAUGE,   "1 while there is a key holder") \
	X(locked_down,      GAUGE,   "1 in lockdown") \
	X(audited_writes,   COUNTER, "writes that happened and were recorded") \
	X(discarded_writes, COUNTER, "writes that were dropped") \
	X(denied_writes,    COUNTER, "writes that got a fault") \
	X(frozen_writes,    COUNTER, "writes that froze the guest") \
	X(ring_records,     COUNTER, "events that were written into the agent's ring") \
	X(ring_dropped,     COUNTER, "events that were dropped: the ring was full, or too fast") \
	X(spp_misses,       COUNTER, "SPP tables that were rebuilt because they were missing") \
	X(spp_starved,      COUNTER, "of these, left to the software engine for lack of memory") \
	X(spp_broken,       COUNTER, "SPP tables that were rebuilt because they were malformed") \
	X(shootdowns,       COUNTER, "shootdowns that were waited for") \
	X(shootdown_nmis,   COUNTER, "NMIs that were sent for shootdowns") \
	X(invalidations,    COUNTER, "times that a CPU invalidated its translations") \
	X(hidden_reads,     COUNTER, "reads of the hidden block, which got zeros") \
	X(hidden_writes,    COUNTER, "writes to the hidden block, which were dropped") \
	X(exit_loops,       COUNTER, "repeated VM exits at one address that were broken up") \
	X(wrong_keys,       COUNTER, "calls that were refused because of their key") \
	X(log_lines,        COUNTER, "lines written to the hypervisor's log") \
	X(pool_pages,       GAUGE,   "4 KiB pages in the hypervisor's pool") \
	X(pool_free,        GAUGE,   "free pages in the pool") \
	X(pool_free_least,  GAUGE,   "the fewest pages that were ever free")
// clang-format on

#define TESSERA_EXIT_REASONS 80U // basic exit reasons, numbered as in Intel's manual

struct tessera_statistics {
	uint64_t exits[TESSERA_EXIT_REASONS]; // VM exits of all CPUs by reason
#define TESSERA_STATISTICS_FIELD(name, kind, text) uint64_t name;
	TESSERA_STATISTICS(TESSERA_STATISTICS_FIELD)
};

// The levels of the log, the most severe first.
//       name   letter  name in text
// clang-format off
#define TESSERA_LOG_LEVELS(X) \
	X(ERROR, 'E', "error") \
	X(WARN,  'W', "warn") \
	X(INFO,  'I', "info") \
	X(DEBUG, 'D', "debug")
// clang-format on

// Which log: the current one, or the one from before the last warm reset.
enum tessera_log { TESSERA_LOG_CURRENT = 0, TESSERA_LOG_PREVIOUS = 1, TESSERA_LOG_COUNT };

#define TESSERA_LOG_MAX       16U  // lines in one call
#define TESSERA_LOG_TEXT_SIZE 108U // bytes of a line's text, including the zero at its end

struct tessera_log_line {
	uint64_t sequence; // grows by one with each line; never 0
	uint64_t tsc;
	uint16_t cpu;
	uint8_t level; // index in TESSERA_LOG_LEVELS
	uint8_t ready; // 1: the line is complete
	char text[TESSERA_LOG_TEXT_SIZE];
};

#endif
