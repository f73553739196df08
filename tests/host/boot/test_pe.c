// SPDX-License-Identifier: MIT
// Sources: boot/efi/pe.c
// Knowing a copy of the loader by its section.
#include <stdlib.h>
#include <string.h>

#include "boot/efi/pe.h"
#include "tests/host/test.h"

#define PE_AT    0x80
#define OPTIONAL 0xf0
#define TABLE    (PE_AT + 24 + OPTIONAL)
#define SIZE     (TABLE + 3 * 40)

static u8 image[SIZE];

static void make_image(const char *third)
{
	memset(image, 0, sizeof(image));
	memcpy(image, "MZ", 2);
	image[0x3c] = PE_AT;
	memcpy(image + PE_AT, "PE\0", 4);
	image[PE_AT + 6] = 3;
	image[PE_AT + 20] = OPTIONAL;
	strncpy((char *)image + TABLE, ".text", 8);
	strncpy((char *)image + TABLE + 40, ".rodata", 8);
	memcpy(image + TABLE + 80, third, strlen(third));
}

static void found(void **state)
{
	(void)state;
	make_image(PE_OWN_SECTION);
	assert_true(pe_has_section(image, SIZE, PE_OWN_SECTION));
	assert_true(pe_has_section(image, SIZE, ".text"));
	assert_false(pe_has_section(image, SIZE, ".tex"));
	assert_false(pe_has_section(image, SIZE, ".data"));
	make_image(".tessere");
	assert_false(pe_has_section(image, SIZE, PE_OWN_SECTION));
}

static void no_pe(void **state)
{
	(void)state;
	make_image(PE_OWN_SECTION);
	image[0] = 'Z';
	assert_false(pe_has_section(image, SIZE, PE_OWN_SECTION));
	make_image(PE_OWN_SECTION);
	image[PE_AT] = 'N';
	assert_false(pe_has_section(image, SIZE, PE_OWN_SECTION));
	make_image(PE_OWN_SECTION);
	memset(image + 0x3c, 0xff, 4);
	assert_false(pe_has_section(image, SIZE, PE_OWN_SECTION));
	make_image(PE_OWN_SECTION);
	memset(image + PE_AT + 20, 0xff, 2);
	assert_false(pe_has_section(image, SIZE, PE_OWN_SECTION));
}

// Cut anywhere, it is never read past its end: the sanitizer sees to that.
static void cut(void **state)
{
	(void)state;
	make_image(PE_OWN_SECTION);
	for (size_t size = 0; size < SIZE; size++) {
		u8 *exact = malloc(size ? size : 1);

		memcpy(exact, image, size);
		assert_false(pe_has_section(exact, size, PE_OWN_SECTION));
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(no_pe),
		cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
