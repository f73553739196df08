// SPDX-License-Identifier: MIT
// Commands that read the guest's memory, always through guest_read: only the guest's RAM is read.
#include "hv/console/commands.h"
#include "hv/console/shell/state.h"
#include "hv/core/guest_memory.h"
#include "hv/lib/string.h"

#define MEM_ROW 16

static void print_row(struct shell *s, u64 gpa, const u8 *bytes, u32 count)
{
	char text[MEM_ROW + 1];

	shell_print(s, "%012lx ", gpa);
	for (u32 i = 0; i < MEM_ROW; i++) {
		text[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? (char)bytes[i] : '.';
		if (i < count)
			shell_print(s, "%s%02x", i == MEM_ROW / 2 ? "  " : " ", bytes[i]);
		else
			shell_print(s, "%s", i == MEM_ROW / 2 ? "    " : "   ");
	}
	text[count] = 0;
	shell_print(s, "  %s\n", text);
}

static void print_rows(struct shell *s, u64 gpa, u64 length)
{
	u8 bytes[MEM_ROW] = { 0 };
	u64 done = shell_position(s);

	for (; done < length && shell_room(s); done += MEM_ROW) {
		u32 count = (u32)MIN(length - done, MEM_ROW);

		if (guest_read(console_cpu(), gpa + done, bytes, count)) {
			shell_print(s, "%012lx is not the guest's RAM: see `ept`\n", gpa + done);
			return;
		}
		print_row(s, gpa + done, bytes, count);
	}
	if (done < length)
		shell_again(s, done);
}

// Reads the words before `end`: GPA LEN, or a range in one word.
static bool read_place(struct shell *s, u32 end, const char **argv, u64 *gpa, u64 *length)
{
	if (end == 1)
		return shell_read_range(s, argv[0], gpa, length);
	if (!shell_read_number(s, argv[0], gpa) || !shell_read_number(s, argv[1], length))
		return false;
	if (*length && *length - 1 <= UINT64_MAX - *gpa)
		return true;
	shell_print(s, "a range of %lu bytes from there is not possible\n", *length);
	return false;
}

void command_mem(struct shell *s, u32 argc, const char **argv)
{
	u64 gpa, length;

	if (read_place(s, argc, argv, &gpa, &length))
		print_rows(s, gpa, length);
}

#define PATTERN_MAX 32
#define FIND_PAGES  16 // in one run: a few microseconds each

static struct {
	u8 bytes[PATTERN_MAX];
	u32 length;
	u64 count; // found so far
	u8 page[PAGE_SIZE + PATTERN_MAX -
		1]; // and the bytes of the next page that a match may need
} search;

// Reads a pattern: text, or bytes as 0x00112233.
static bool read_pattern(struct shell *s, const char *text)
{
	bool hex = text[0] == '0' && text[1] == 'x';
	u32 length = (u32)strlen(text);

	search.length = hex ? length / 2 - 1 : length;
	if (!search.length || search.length > PATTERN_MAX || (hex && length % 2)) {
		shell_print(s, "a pattern is text or bytes like 0x00ff12, %u at most\n",
			    PATTERN_MAX);
		return false;
	}
	if (!hex)
		memcpy(search.bytes, text, length);
	// Digit by digit: number_parse would accept a K, M or G as a suffix.
	for (u32 i = 2; hex && i < length; i++) {
		char digit[] = { '0', 'x', text[i], 0 };
		u64 value;

		if (!shell_read_number(s, digit, &value))
			return false;
		search.bytes[i / 2 - 1] = (u8)(search.bytes[i / 2 - 1] << 4 | value);
	}
	return true;
}

// Reads the rest of gpa's page up to `end`, and the bytes after it that a match may need. Returns
// the number of bytes, 0 if it is not RAM.
static u64 read_page(u64 gpa, u64 part, u64 end)
{
	u64 more = MIN(search.length - 1, end - gpa - part);

	if (guest_read(console_cpu(), gpa, search.page, part + more) == TESSERA_OK)
		return part + more;
	return guest_read(console_cpu(), gpa, search.page, part) == TESSERA_OK ? part : 0;
}

// Prints the matches that begin in the first `part` bytes. Returns where it stopped for lack of
// room, or `part`.
static u64 print_matches(struct shell *s, u64 gpa, u64 part, u64 there)
{
	for (u64 i = 0; i < part && i + search.length <= there; i++) {
		if (search.page[i] != search.bytes[0] ||
		    memcmp(search.page + i, search.bytes, search.length) != 0)
			continue;
		if (!shell_room(s))
			return i;
		shell_print(s, "%012lx\n", gpa + i);
		search.count++;
	}
	return part;
}

void command_find(struct shell *s, u32 argc, const char **argv)
{
	u64 gpa, length, at, end;

	if (!read_place(s, argc - 1, argv, &gpa, &length) || !read_pattern(s, argv[argc - 1]))
		return;
	at = gpa + shell_position(s);
	end = gpa + MIN(length, UINT64_MAX - gpa);
	if (at == gpa)
		search.count = 0;
	for (u32 i = 0; i < FIND_PAGES && at < end; i++) {
		struct ept_leaf leaf = console_leaf(at);
		u64 part = MIN(end - at, PAGE_SIZE - at % PAGE_SIZE);
		u64 there = read_page(at, part, end);
		u64 done = there ? print_matches(s, at, part, there) : leaf.gpa + leaf.size - at;

		at += MIN(done, end - at);
		if (there && done < part)
			break;
	}
	if (at < end && at < BIT(console_vm()->ept.addr_bits))
		shell_again(s, at - gpa);
	else
		shell_print(s, "%lu found\n", search.count);
}
