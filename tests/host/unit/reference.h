// SPDX-License-Identifier: MIT
// A CPU as the manual describes it, written for the tests from the manual's text and from
// none of the code under test: an EPT walk and an SPPT walk over raw memory.
#ifndef UNIT_REFERENCE_H
#define UNIT_REFERENCE_H

#include "hv/lib/pool.h"

enum ref_outcome { REF_OK, REF_VIOLATION, REF_MISCONFIG, REF_SPP_MISS, REF_SPP_MISCONFIG };

struct ref_walk {
	enum ref_outcome outcome;
	u64 hpa;
	u64 size; // of the page
	unsigned type;
	unsigned rights; // cumulative R, W, X in bits 0..2
	int spp;
	int no_ve;
};

// Walks the EPT that begins at root.
struct ref_walk ref_ept(const struct pool *memory, const u64 *root, unsigned addr_bits, u64 gpa);

// Walks the SPPT only: OK = the tile may be written, VIOLATION = it may not.
enum ref_outcome ref_sppt(const struct pool *memory, const u64 *root, unsigned addr_bits, u64 gpa);

// A store of one byte through both, as with the control "sub-page write permissions for EPT" on
// (sppt != NULL) or off.
enum ref_outcome ref_store(const struct pool *memory, const u64 *ept, const u64 *sppt,
			   unsigned addr_bits, u64 gpa);

#endif
