// SPDX-License-Identifier: MIT
#include "vmx/step/decode.h"

#include "hv/x86/regs.h"
#include "vmx/vmcs/vmcs.h"

#define PREFIXES_MAX    3
#define PREFIX_FS       0x64
#define PREFIX_GS       0x65
#define PREFIX_OPERAND  0x66
#define REX             0x40
#define REX_W           8U
#define REX_R           4U
#define REX_X           2U
#define REX_B           1U
#define OP_MOV_REGISTER 0x88 // with bit 0: not bytes
#define OP_MOV_VALUE    0xc6
#define PREFIX_LOCK     0xf0
#define OP_INS          0x6c // with bit 0: not bytes; so the next two
#define OP_XCHG         0x86
#define OP_MOVS         0xa4
#define OP_X87          0xd8 // 8 of them
#define OP_EVEX         0x62 // scatters among others

// The bytes of an instruction and the parts that are decoded so far.
struct reader {
	const u8 *code;
	u32 at;
	u32 rex;
};

static u64 take_signed(struct reader *r, u32 bytes)
{
	u64 value = 0;

	for (u32 i = 0; i < bytes; i++)
		value |= (u64)r->code[r->at++] << (8 * i);
	if (bytes && value >> (8 * bytes - 1))
		value |= ~0ULL << (8 * bytes - 1);
	return value;
}

// The number of a register: three bits, and a fourth from the REX prefix.
static u32 register_number(const struct reader *r, u32 bits, u32 rex)
{
	return (bits & 7) | (r->rex & rex ? 8 : 0);
}

// The address from ModRM and what follows it, without RIP for RIP-relative addressing.
static u64 address_of(struct reader *r, u32 modrm, const u64 *gpr, bool *relative)
{
	u32 mod = modrm >> 6, base = modrm & 7;
	u32 bytes = mod == 1 ? 1 : mod == 2 ? 4 : 0;
	u64 address = 0;

	*relative = !mod && base == 5;
	if (base == 4) {
		u32 sib = r->code[r->at++];
		u32 index = register_number(r, sib >> 3, REX_X);

		base = sib & 7;
		if (index != RSP)
			address = gpr[index] << (sib >> 6);
	}
	if (!mod && base == 5)
		bytes = 4;
	else
		address += gpr[register_number(r, base, REX_B)];
	return address + take_signed(r, bytes);
}

_Static_assert(PREFIXES_MAX + 4 + 4 + 4 <= DECODE_BYTES, "REX, opcode, ModRM, SIB, two numbers");

bool decode_store(const u8 *code, u32 room, u64 rip, const u64 *gpr, struct plain_store *s)
{
	struct reader r = { .code = code };
	bool narrow = false, relative;

	s->segment = SEG_DS;
	for (; r.at < PREFIXES_MAX; r.at++) {
		if (code[r.at] == PREFIX_OPERAND)
			narrow = true;
		else if (code[r.at] == PREFIX_FS || code[r.at] == PREFIX_GS)
			s->segment = SEG_FS + (code[r.at] & 1);
		else
			break;
	}
	if ((code[r.at] & 0xf0) == REX)
		r.rex = code[r.at++];
	u32 opcode = code[r.at++], modrm = code[r.at++];
	u32 of = register_number(&r, modrm >> 3, REX_R);

	if (((opcode & ~1U) != OP_MOV_REGISTER && (opcode & ~1U) != OP_MOV_VALUE) ||
	    modrm >> 6 == 3)
		return false;
	s->size = !(opcode & 1) ? 1 : r.rex & REX_W ? 8 : narrow ? 2 : 4;
	s->offset = address_of(&r, modrm, gpr, &relative);
	if (opcode >= OP_MOV_VALUE) {
		s->value = take_signed(&r, MIN(s->size, 4U));
		if (modrm >> 3 & 7)
			return false; // not defined
	} else if (s->size == 1 && !r.rex && of >= 4) {
		s->value = gpr[of - 4] >> 8; // AH, CH, DH, BH
	} else {
		s->value = gpr[of];
	}
	if (relative)
		s->offset += rip + r.at;
	s->length = r.at;
	return r.at <= room;
}

// Outside 64-bit mode the REX bytes are instructions that do not write memory.
static bool is_prefix(u8 byte)
{
	return (byte & 0xf0) == REX || (byte & 0xe7) == 0x26 || (byte & 0xfc) == PREFIX_FS ||
	       byte == PREFIX_LOCK || byte == 0xf2 || byte == 0xf3;
}

enum restart decode_restart(const u8 *code, u32 length)
{
	bool locked = false;

	for (u32 i = 0; i < length && !locked; i++) {
		u8 pair = code[i] & ~1U;

		locked = code[i] == PREFIX_LOCK || pair == OP_XCHG;
		if (is_prefix(code[i]) || locked)
			continue;
		return pair == OP_INS || pair == OP_MOVS || code[i] == OP_EVEX ||
				       (code[i] & ~7U) == OP_X87
			       ? RESTART_NEVER
			       : RESTART_MAY;
	}
	return RESTART_ALWAYS;
}
