// Algebra that moves work to an earlier stage or drops an operation. Everything that holds for one call alone is done by the builder.
#include "passes/pass.hpp"
#include "passes/rewrite.hpp"

namespace ntkc::passes {
namespace {

using expr::Function;
using ir::Op;
using ir::Value;

class Algebra {
 public:
  explicit Algebra(const ir::Program& program) : uses_(program.nodes.size()) {
    for (const ir::Node& node : program.nodes)
      for (const Value v : node.operands) ++uses_[v];
    for (const ir::Block& block : program.blocks)
      for (const Value v : block.yields) ++uses_[v];
    for (const ir::Output& output : program.outputs) ++uses_[output.value];
  }

  std::optional<Value> operator()(Rewriter& r, Value v) const {
    const ir::Node& node = r.node(v);
    if (node.op != Op::call) return std::nullopt;
    if (node.function == Function::mul) return product(r, r.operand(v, 0), r.operand(v, 1));
    if (node.function == Function::add || node.function == Function::sub) return sum(r, v, node.function);
    return std::nullopt;
  }

 private:
  static bool is(const ir::Builder& b, Value v, Function f) { return b.node(v).op == Op::call && b.node(v).function == f; }

  // x (a b) with a and b known before x is (x a) b otherwise: one multiplication less in the later program.
  static std::optional<Value> product(Rewriter& r, Value x, Value y) {
    ir::Builder& b = r.build();
    if (is(b, x, Function::mul)) std::swap(x, y);
    if (!is(b, y, Function::mul) || is(b, x, Function::mul)) return std::nullopt;
    Value early = b.node(y).operands[0], late = b.node(y).operands[1];
    if (b.node(early).stage > b.node(late).stage) std::swap(early, late);
    const ir::Stage joined = ir::join(b.node(early).stage, b.node(x).stage);
    if (joined >= b.node(late).stage) return std::nullopt;
    return b.call(Function::mul, {b.call(Function::mul, {x, early}), late});
  }

  // a b + a c = a (b + c), where nobody else needs the products.
  std::optional<Value> sum(Rewriter& r, Value v, Function f) const {
    ir::Builder& b = r.build();
    const Value left = r.operand(v, 0), right = r.operand(v, 1);
    if (uses_[r.node(v).operands[0]] > 1 || uses_[r.node(v).operands[1]] > 1) return std::nullopt;
    if (!is(b, left, Function::mul) || !is(b, right, Function::mul)) return std::nullopt;
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 2; ++j)
        if (b.node(left).operands[i] == b.node(right).operands[j]) {
          const Value common = b.node(left).operands[i], x = b.node(left).operands[1 - i], y = b.node(right).operands[1 - j];
          return b.call(Function::mul, {common, b.call(f, {x, y})});
        }
    return std::nullopt;
  }

  std::vector<std::uint32_t> uses_;
};

ir::Program run(const ir::Program& program) { return Rewriter(program).run(Algebra(program)); }

}  // namespace

extern const Pass simplify_pass;
const Pass simplify_pass = {"simplify", "after the duals, whose formulas share parts with each other and with the recursion", run};

}  // namespace ntkc::passes
