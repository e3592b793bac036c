/*
 * Solves sudokus: depth-first search that always fills the cell with the fewest candidates.
 *
 * Input:  puzzles, one a line: 81 digits, row by row, 0 or '.' where a cell is empty.
 * Output: for each, the first solution found, or "none".
 * Check:  python3 reference.py sudoku INPUT <OUTPUT
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { kCells = 81, kAll = 0x1ff };

/** Digits are bits; the sets hold what a row, column or box has already. */
struct grid {
    char digits[kCells + 1];
    unsigned rows[9], columns[9], boxes[9];
};

static int box_of(int cell) {
    return cell / 27 * 3 + cell % 9 / 3;
}

static unsigned candidates(const struct grid* grid, int cell) {
    return kAll & ~(grid->rows[cell / 9] | grid->columns[cell % 9] | grid->boxes[box_of(cell)]);
}

static int count_bits(unsigned bits) {
    int count = 0;
    for (; bits; bits &= bits - 1)
        count++;
    return count;
}

static void toggle(struct grid* grid, int cell, unsigned bit) {
    grid->rows[cell / 9] ^= bit;
    grid->columns[cell % 9] ^= bit;
    grid->boxes[box_of(cell)] ^= bit;
}

static bool solve(struct grid* grid) {
    int best = -1, fewest = 10;
    for (int cell = 0; cell < kCells && fewest > 1; cell++) {
        if (grid->digits[cell] != '0') continue;
        const int count = count_bits(candidates(grid, cell));
        if (count < fewest) {
            fewest = count;
            best = cell;
        }
    }
    if (best < 0) return true;
    const unsigned free = candidates(grid, best);
    for (int digit = 1; digit <= 9; digit++) {
        const unsigned bit = 1U << (digit - 1);
        if (!(free & bit)) continue;
        grid->digits[best] = (char)('0' + digit);
        toggle(grid, best, bit);
        if (solve(grid)) return true;
        toggle(grid, best, bit);
    }
    grid->digits[best] = '0';
    return false;
}

/** Answers whether the line is a puzzle that breaks no rule. */
static bool parse(const char* line, struct grid* grid) {
    memset(grid, 0, sizeof *grid);
    for (int cell = 0; cell < kCells; cell++) {
        const char c = line[cell] == '.' ? '0' : line[cell];
        if (c < '0' || c > '9') return false;
        grid->digits[cell] = c;
        if (c == '0') continue;
        const unsigned bit = 1U << (c - '1');
        if (!(candidates(grid, cell) & bit)) return false;
        toggle(grid, cell, bit);
    }
    return line[kCells] == '\n' || line[kCells] == 0;
}

int main(void) {
    char line[kCells + 8];
    for (int number = 1; fgets(line, sizeof line, stdin); number++) {
        struct grid grid;
        if (!parse(line, &grid)) {
            fprintf(stderr, "line %d: not a sudoku\n", number);
            return 1;
        }
        puts(solve(&grid) ? grid.digits : "none");
    }
    return 0;
}
