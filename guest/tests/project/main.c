#include <stdio.h>

int answer(void);

int main(void) {
    printf("answer %d, memcpy %d, fork %d\n", answer(), HAVE_MEMCPY, HAVE_FORK);
    return 0;
}
