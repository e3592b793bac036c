/* Recursion as deep as the first number of the input, 1 KiB for each level. */
#include <stdio.h>
#include <string.h>

static int descend(int levels) {
    volatile char room[1000];
    memset((char*)room, levels, sizeof room);
    return levels == 0 ? 0 : descend(levels - 1) + (room[levels % 1000] == (char)levels);
}

int main(void) {
    int levels;
    if (scanf("%d", &levels) != 1) return 1;
    printf("%d\n", descend(levels));
    return 0;
}
