#include "engine/product.hpp"

extern "C" void dgemm_(const char* ta, const char* tb, const int* m, const int* n, const int* k, const double* alpha, const double* a,
                       const int* lda, const double* b, const int* ldb, const double* beta, double* c, const int* ldc);

namespace ntkc::engine {

void multiply(const FeatureRows& a, const FeatureRows& b, const Tile& tile, double* sums, std::size_t stride) {
  // Columns of BLAS are rows of ours: (rows of b) by (rows of a).
  const int m = static_cast<int>(tile.column_end - tile.column), n = static_cast<int>(tile.row_end - tile.row),
            k = static_cast<int>(a.size);
  const int lda = static_cast<int>(b.stride), ldb = static_cast<int>(a.stride), ldc = static_cast<int>(stride);
  const double one = 1, zero = 0;
  dgemm_("T", "N", &m, &n, &k, &one, b.row(tile.column), &lda, a.row(tile.row), &ldb, &zero, sums, &ldc);
}

}  // namespace ntkc::engine
