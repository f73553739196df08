// SPDX-License-Identifier: MIT
// Sources: vmx/step/decode.c
// Options: -max_len=144 -dict=tests/host/fuzz/fuzz_decode.dict
// Libraries: -lZydis
// The decoder of stores against Zydis: what it takes for a plain store is the same MOV for Zydis,
// of the same length, size, address and value; and what Zydis sees locked is never left out of a
// restart.
#include <stdlib.h>
#include <string.h>

#include <Zydis/Zydis.h>

#include "vmx/step/decode.h"
#include "vmx/vmcs/vmcs.h"

#define REGISTERS 16
#define RIP       0x7fff12345678ULL

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void demand(bool condition)
{
	if (!condition)
		abort();
}

static ZydisRegisterContext context_of(const u64 *gpr)
{
	ZydisRegisterContext context = { { 0 } };

	for (u32 i = 0; i < REGISTERS; i++) {
		context.values[ZYDIS_REGISTER_RAX + i] = gpr[i];
		context.values[ZYDIS_REGISTER_EAX + i] = (u32)gpr[i];
	}
	context.values[ZYDIS_REGISTER_RIP] = RIP;
	return context;
}

static u64 value_of(const ZydisDecodedOperand *operand, const u64 *gpr)
{
	ZydisRegister r = operand->reg.value;

	if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
		return operand->imm.value.u;
	demand(operand->type == ZYDIS_OPERAND_TYPE_REGISTER);
	if (r >= ZYDIS_REGISTER_AH && r <= ZYDIS_REGISTER_BH)
		return gpr[r - ZYDIS_REGISTER_AH] >> 8;
	return gpr[ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, r) -
		   ZYDIS_REGISTER_RAX];
}

static u32 segment_of(ZydisRegister segment)
{
	return segment == ZYDIS_REGISTER_FS   ? SEG_FS
	       : segment == ZYDIS_REGISTER_GS ? SEG_GS
					      : SEG_DS;
}

static void check_store(const ZydisDecodedInstruction *i, const ZydisDecodedOperand *operand,
			const u64 *gpr, const struct plain_store *s)
{
	const ZydisRegisterContext context = context_of(gpr);
	u64 address, mask = s->size == 8 ? ~0ULL : BIT(8 * s->size) - 1;

	demand(i->mnemonic == ZYDIS_MNEMONIC_MOV);
	demand(i->length == s->length);
	demand(operand[0].type == ZYDIS_OPERAND_TYPE_MEMORY);
	demand(operand[0].size == 8 * s->size);
	demand(segment_of(operand[0].mem.segment) == s->segment);
	demand(ZYAN_SUCCESS(ZydisCalcAbsoluteAddressEx(i, &operand[0], RIP, &context, &address)));
	demand(address == s->offset);
	demand(!((value_of(&operand[1], gpr) ^ s->value) & mask));
}

static bool is_locked(const ZydisDecodedInstruction *i, const ZydisDecodedOperand *operand)
{
	return i->attributes & ZYDIS_ATTRIB_HAS_LOCK ||
	       (i->mnemonic == ZYDIS_MNEMONIC_XCHG &&
		(operand[0].type == ZYDIS_OPERAND_TYPE_MEMORY ||
		 operand[1].type == ZYDIS_OPERAND_TYPE_MEMORY));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 code[DECODE_BYTES] = { 0 };
	u64 gpr[REGISTERS] = { 0 };
	u32 room = (u32)MIN(size, (size_t)INSTRUCTION_MAX);
	ZydisDecodedOperand operand[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction i;
	ZydisDecoder decoder;
	struct plain_store s;
	bool known;

	if (!room)
		return 0;
	memcpy(code, data, room);
	memcpy(gpr, data + room, MIN(size - room, sizeof(gpr)));
	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	known = ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code, room, &i, operand));
	if (decode_store(code, room, RIP, gpr, &s)) {
		demand(known);
		check_store(&i, operand, gpr, &s);
	}
	if (known && is_locked(&i, operand))
		demand(decode_restart(code, i.length) == RESTART_ALWAYS);
	return 0;
}
