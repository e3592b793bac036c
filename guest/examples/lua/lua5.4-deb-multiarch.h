/* Debian's build of Lua generates this file, for the search path of modules. A guest has no files.
 */
#define DEB_HOST_MULTIARCH "none"
