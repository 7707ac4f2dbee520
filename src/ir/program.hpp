// The recursion as a program: hash-consed values with a type and a stage (binding time), and loops.
//
// What every pass may assume: covariances are positive semidefinite, so q >= 0 and |c| <= sqrt(q1 q2); values are reals, there is no NaN;
// K(u, v)(x, x') = K(v, u)(x', x). A product with the constant 0 is 0.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "numeric/number.hpp"

namespace ntkc::ir {

// number: one real. features: a vector over the channels of an input. series: coefficients of one sample (a Hermite series).
// field and matrix: a number for each position, for each pair of positions of two grids.
enum class Type : std::uint8_t { number, features, series, field, matrix };

// When a value can be known. `primed` is `sample` for the other sample, x'.
enum class Stage : std::uint8_t { constant, parameter, sample, primed, pair };
Stage join(Stage a, Stage b);  // sample with primed gives pair

enum class Op : std::uint8_t {
#define NTK_OP(name) name,
#include "ir/ops.def"
#undef NTK_OP
};

using Value = std::uint32_t;    // index into Program::nodes; operands have smaller numbers
using BlockId = std::uint32_t;  // 0 is the program's top level, others are bodies of loops

struct Node {
  Op op{};
  Type type = Type::number;
  Stage stage = Stage::constant;
  BlockId block = 0;  // the innermost block that it depends on
  std::vector<Value> operands;
  expr::Function function{};                  // of call
  numeric::Number number;                     // of constant
  std::string text;                           // of param: its name
  std::uint32_t phi = 0, psi = 0;             // of dual, mean, series, map: indices into Program::activations
  std::uint8_t order_phi = 0, order_psi = 0;  // E[phi^(i)(u) psi^(j)(v)]
  std::uint32_t index = 0;                    // of input: which; of argument, result: which carry; of hermite: how many terms
  BlockId body = 0;                           // of loop: its block; of argument: its block
  std::string hint;                           // a name for readers; not part of the value's identity
};

// The body of a loop. arguments[i] is the value at the start of a round, yields[i] the one at its end.
struct Block {
  BlockId parent = 0;
  std::uint64_t count = 1;
  std::vector<Value> arguments, yields;
};

struct Output {
  std::string name;  // "nngp" or "ntk"
  Value value = 0;
};

inline constexpr double kTolerance = 1e-12;

struct Program {
  std::string name;
  std::string by;                 // a run-time param: the outputs are the kernels' derivatives with respect to it; empty: the kernels
  double tolerance = kTolerance;  // the error of kernels wanted, relative to sqrt(k(x, x) k(x', x'))
  std::vector<graph::Param> params;
  std::vector<graph::InputInfo> inputs;
  std::vector<graph::Shape> input_shapes;
  std::vector<graph::ActivationUse> activations;
  std::vector<Node> nodes;
  std::vector<Block> blocks;  // blocks[0] is the top level
  std::vector<Output> outputs;
};

// The text form; parse(to_text(p)) is p up to the numbering of values. Errors of parse throw std::invalid_argument (texts are written by
// tests and by us).
std::string to_text(const Program& program);
Program parse(const std::string& text);

// The first broken rule of the IR, or nothing: operands exist and come first, types and stages fit, blocks nest, yields match arguments.
std::optional<std::string> verify(const Program& program);

}  // namespace ntkc::ir
