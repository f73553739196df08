// SPDX-License-Identifier: MIT
// The picture: one row per page, one square per tile, one colour per power of ten.
#include <inttypes.h>

#include "tools/tiles.h"

#define CELL   14
#define GAP    2
#define LEFT   130 // for the addresses
#define TOP    64
#define BOTTOM 58
#define RIGHT  24
#define STEP   (CELL + GAP)
#define WIDTH  (LEFT + (int)TESSERA_TILES_PER_PAGE * STEP + RIGHT)
#define LEGEND 104 // width of an entry
#define FONT   "font-family=\"ui-monospace, monospace\" font-size=\"12\""

// One hue from light to dark, so that the picture is readable without colours too.
// clang-format off
static const struct {
	uint64_t from;
	const char *colour, *text;
} scale[] = {
	{ 0,    "#e9ecef", "none" },
	{ 1,    "#fee391", "1 to 9" },
	{ 10,   "#fe9929", "10 to 99" },
	{ 100,  "#cc4c02", "100 to 999" },
	{ 1000, "#662506", "1000 and more" },
};
// clang-format on

#define STEPS (sizeof(scale) / sizeof(scale[0]))

static const char *colour_of(uint64_t writes)
{
	size_t step = STEPS - 1;

	while (writes < scale[step].from)
		step--;
	return scale[step].colour;
}

static void write_escaped(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", to);
		else if (*text == '&')
			fputs("&amp;", to);
		else if (*text >= ' ' && *text <= '~')
			fputc(*text, to);
		else
			fputc('?', to);
	}
}

static void begin_square(FILE *to, int x, int y, const char *fill)
{
	fprintf(to, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\" fill=\"%s\"", x, y,
		CELL, CELL, fill);
}

static void draw_page(FILE *to, const struct tiles_page *p, int y)
{
	fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0x%" PRIx64 "</text>\n", LEFT - 10,
		y + CELL - 3, p->gpa);
	for (unsigned int tile = 0; tile < TESSERA_TILES_PER_PAGE; tile++) {
		if (!(p->covered & 1U << tile))
			continue;
		begin_square(to, LEFT + (int)tile * STEP, y, colour_of(p->writes[tile]));
		fprintf(to, "><title>0x%" PRIx64 ": %" PRIu64 " writes</title></rect>\n",
			p->gpa + tile * TESSERA_TILE_SIZE, p->writes[tile]);
	}
}

static void draw_legend(FILE *to, int y)
{
	for (size_t i = 0; i < STEPS; i++) {
		int x = LEFT + (int)i * LEGEND;

		begin_square(to, x, y, scale[i].colour);
		fprintf(to, "/>\n<text x=\"%d\" y=\"%d\">%s</text>\n", x + CELL + 5, y + CELL - 3,
			scale[i].text);
	}
	fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">writes</text>\n", LEFT - 10,
		y + CELL - 3);
}

void tiles_draw(const struct tiles *t, const char *title, FILE *to)
{
	int height = TOP + (int)t->count * STEP + BOTTOM;

	fprintf(to,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" role=\"img\" " FONT ">\n<title>",
		WIDTH, height, WIDTH, height);
	write_escaped(to, title);
	fprintf(to,
		"</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
		"<text x=\"%d\" y=\"24\" font-size=\"15\" font-weight=\"bold\">",
		LEFT);
	write_escaped(to, title);
	fprintf(to,
		"</text>\n<text x=\"%d\" y=\"44\">%" PRIu64 " writes, %" PRIu64
		" missed; square: %u-byte tile, row: page</text>\n",
		LEFT, t->writes, t->lost, TESSERA_TILE_SIZE);
	for (size_t i = 0; i < t->count; i++)
		draw_page(to, &t->pages[i], TOP + (int)i * STEP);
	draw_legend(to, height - BOTTOM + 22);
	fprintf(to, "</svg>\n");
}
