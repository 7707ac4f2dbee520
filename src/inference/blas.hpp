// The BLAS on row-major matrices, threaded as the BLAS is.
#pragma once
#include "ntk/inference/matrix.hpp"

namespace ntk::inference {

enum class Side { plain, transposed };

// c = factor · op(a) op(b) + keep · c; c must have its shape.
void multiply(MatrixIn a, Side op_a, MatrixIn b, Side op_b, MatrixOut c, double factor = 1, double keep = 0);
Matrix product(MatrixIn a, MatrixIn b);             // a b
Matrix product_transposed(MatrixIn a, MatrixIn b);  // a bᵀ
Matrix transposed_product(MatrixIn a, MatrixIn b);  // aᵀ b

// c − a aᵀ, both halves, of a symmetric c.
void subtract_gram(MatrixIn a, Matrix& c);
// The upper half becomes the lower half's mirror image.
void mirror(Matrix& lower);

}  // namespace ntk::inference
