// OpenBLAS starts threads when it is loaded, and for a tenth of a second each waits for work in a loop: a core that a short run wants. It
// reads its environment before main() and before any constructor of ours; what stands in .preinit_array comes first.
#include <cstdlib>

#ifdef __ELF__
namespace {

void early(int, char**, char**) { setenv("OPENBLAS_THREAD_TIMEOUT", "20", 0); }  // 2^20 ticks, unless it is set

[[gnu::section(".preinit_array"), gnu::used]] void (*const kEarly)(int, char**, char**) = early;

}  // namespace
#endif
