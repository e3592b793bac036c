/* Instead of the ecalls: a machine that has no precompile, so that all is software everywhere. */
long reprise_precompile(long precompile, void* parameters);

long reprise_precompile(long precompile, void* parameters) {
    (void)precompile, (void)parameters;
    return -38; /* ENOSYS of Linux */
}
