// The plan: one recursion as three programs (once a set of params, once a sample, once a pair), and how they run.
// Both readers, the backends and the engine, read this and nothing else.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ir/program.hpp"

namespace ntkc::plan {

inline constexpr std::uint32_t kSeriesFacts = 8;

// Where an operand is found.
struct Ref {
  enum class Where : std::uint8_t {
    constant,   // Plan::constants[index]
    param,      // Plan::params[index]: a field of the evaluator
    parameter,  // a slot of the parameter program: known once the evaluator is built
    sample,     // a slot of sample x
    primed,     // a slot of sample x'
    input,      // the row of input number index (features), in the sample program
    data,       // Plan::products[index], in the pair program
    same,       // 1 on the diagonal, else 0, in the pair program
    local,      // a local of the running program
  };
  Where where = Where::local;
  std::uint32_t index = 0;
  friend bool operator==(const Ref&, const Ref&) = default;
};

// A value that an earlier program leaves for a later one. Inside loops it is an array with one element a round:
// element ((i0 * extents[1] + i1) * ...), i the counters of the loops around it, outermost first.
struct Slot {
  std::string name;
  ir::Type type = ir::Type::number;     // number, features or series
  std::vector<std::uint64_t> extents;   // counts of the loops around the definition; empty: one value
  std::uint32_t terms = 0, beyond = 0;  // of a series
  std::uint32_t input = 0;              // of features: as long as this input's rows
  std::uint64_t elements() const {
    std::uint64_t n = 1;
    for (auto e : extents) n *= e;
    return n;
  }
  // A series is its terms, some facts and the numbers of octaves beyond the terms: see ntk/runtime/series.hpp.
  std::uint64_t numbers() const { return type == ir::Type::series ? terms + kSeriesFacts + beyond : 1; }
};

struct Step;
struct Carry {
  Ref initial;
  std::uint32_t local = 0;  // holds the value at the start of a round, and after the last round the result
  Ref next;                 // copied to `local` at the end of a round, all carries at once
};
struct Step {
  enum class Kind : std::uint8_t { compute, loop, store } kind = Kind::compute;
  // compute: local `result` = op(operands); op and attributes as in the IR
  ir::Op op{};
  ir::Type type = ir::Type::number;
  expr::Function function{};
  std::uint32_t phi = 0, psi = 0;
  std::uint8_t order_phi = 0, order_psi = 0;
  std::uint32_t terms = 0, beyond = 0;  // of hermite: terms, and numbers of octaves beyond them
  std::vector<Ref> operands;
  std::uint32_t result = 0;
  std::optional<std::uint32_t> slope;  // of dual_quadrature of orders 0: the local of that of orders 1, which has the same operands
  std::string name;                    // for readers; unique in its program
  // loop: `count` rounds of `body`
  std::uint64_t count = 0;
  std::vector<Carry> carries;
  std::vector<Step> body;
  // store: operands[0] goes to slot `slot` of this program, at the element of the loops around
  std::uint32_t slot = 0;
};

struct Code {
  std::vector<Step> steps;
  std::uint32_t locals = 0;
  std::vector<std::string> local_names;  // unique, readable, no keyword; one a local
  std::vector<Slot> slots;               // what it leaves; of the pair code: none
};

// What the pair program reads off the data.
struct Product {
  ir::Op op = ir::Op::inner;  // inner, distance or gram
  Ref left, right;            // features: Where::input, or a features slot of the sample program
};

struct Plan {
  std::string name;
  std::string by;  // a param: the outputs are the kernels' derivatives with respect to it, symmetric but not positive; empty: the kernels
  double tolerance = ir::kTolerance;
  std::vector<graph::Param> params;
  std::vector<graph::InputInfo> inputs;
  std::vector<graph::Shape> input_shapes;
  std::vector<graph::ActivationUse> activations;  // phi of map, mean_quadrature, hermite, dual_quadrature; others are gone
  std::vector<numeric::Number> constants;         // folded; a reader rounds them to double
  Code parameter, sample, pair;
  // The sample code of a sample that is given as the features that all products read, in the place of input 0: where kernels depend on
  // nothing else. Then they are functions of two norms and an angle, and matrices of many pairs are collapsed.
  std::optional<Code> of_features;
  std::vector<Product> products;
  struct Output {
    std::string name;
    Ref value;
  };
  std::vector<Output> outputs;  // nngp, ntk: of the pair program
  // What series may leave out, relative to the roots of the second moments: the tolerance is for the kernel, whose layers add up.
  double truncation() const { return tolerance / 100; }
};

Plan make(const ir::Program& program);
std::string to_text(const Plan& plan);  // --dump=plan

}  // namespace ntkc::plan
