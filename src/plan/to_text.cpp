#include <fmt/format.h>

#include "plan/choice.hpp"
#include "plan/collapse.hpp"

namespace ntkc::plan {
namespace {

using ir::Op;

std::string_view op_name(Op op) {
  switch (op) {
#define NTK_OP(name) \
  case Op::name:     \
    return #name;
#include "ir/ops.def"
#undef NTK_OP
  }
  return "";
}

std::string_view infix(expr::Function f) {
  switch (f) {
    case expr::Function::add:
      return "+";
    case expr::Function::sub:
      return "-";
    case expr::Function::mul:
      return "*";
    case expr::Function::div:
      return "/";
    case expr::Function::less:
      return "<";
    case expr::Function::less_equal:
      return "<=";
    case expr::Function::equal:
      return "==";
    default:
      return "";
  }
}

class Printer {
 public:
  explicit Printer(const Plan& plan) : plan_(plan) {}

  std::string run() {
    line(0, fmt::format("plan {}", plan_.name));
    if (!plan_.by.empty()) line(1, fmt::format("derivative by {}", plan_.by));
    for (const auto& p : plan_.params)
      line(1, fmt::format("param {} = {} in [{}, {}]", p.name, p.value, p.low ? fmt::format("{}", *p.low) : "-inf",
                          p.high ? fmt::format("{}", *p.high) : "inf"));
    for (std::size_t i = 0; i < plan_.inputs.size(); ++i)
      line(1, fmt::format("input {} {}", plan_.inputs[i].name, shape(plan_.input_shapes.at(i))));
    for (std::size_t i = 0; i < plan_.activations.size(); ++i)
      line(1, fmt::format("phi{} {} = {}", i, plan_.activations[i].name, expr::to_text(plan_.activations[i].phi)));
    code("parameter code (once a set of params)", plan_.parameter);
    code("sample code (once a sample)", plan_.sample);
    if (is_of_norms(plan_) && !reads_rows(plan_))
      code("sample code of features (once a norm, where pairs are collapsed)", *plan_.of_features);
    code("pair code (once a pair)", plan_.pair);
    line(1, to_text(choice(plan_)));
    for (std::size_t i = 0; i < plan_.products.size(); ++i)
      line(1, fmt::format("product d{} = {}({}, {}')", i, op_name(plan_.products[i].op), ref(plan_.sample, plan_.products[i].left),
                          ref(plan_.sample, plan_.products[i].right)));
    for (const auto& o : plan_.outputs) line(1, fmt::format("output {} = {}", o.name, ref(plan_.pair, o.value)));
    return std::move(text_);
  }

 private:
  static std::string shape(const graph::Shape& s) {
    const auto dim = [](const graph::Dim& d) { return d.size ? fmt::format("{}", *d.size) : d.name.empty() ? std::string("?") : d.name; };
    std::string out = "[";
    for (const auto& p : s.positions) out += dim(p) + ", ";
    return out + dim(s.channels) + "]";
  }

  void code(std::string_view title, const Code& c) {
    std::string leaves;
    for (const auto& slot : c.slots) leaves += " " + slot_text(slot);
    line(1, fmt::format("{}{}{}", title, leaves.empty() ? "" : "  leaves", leaves));
    steps(2, c, c.steps);
  }

  static std::string slot_text(const Slot& s) {
    auto out = s.name;
    for (const auto e : s.extents) out += fmt::format("[{}]", e);
    if (s.type == ir::Type::series) out += fmt::format(" (series {})", s.terms);
    if (s.type == ir::Type::features) out += " (features)";
    return out;
  }

  void steps(int depth, const Code& c, const std::vector<Step>& list) {
    for (const auto& s : list) {
      switch (s.kind) {
        case Step::Kind::compute:
          line(depth, fmt::format("{}{} = {}", c.local_names[s.result], s.slope ? ", " + c.local_names[*s.slope] : "", value(c, s)));
          break;
        case Step::Kind::store:
          line(depth, fmt::format("{} <- {}", element(c.slots[s.slot]), ref(c, s.operands[0])));
          break;
        case Step::Kind::loop: {
          std::string carries, next;
          for (const auto& k : s.carries) {
            carries += fmt::format("{}{} = {}", carries.empty() ? "" : ", ", c.local_names[k.local], ref(c, k.initial));
            next += fmt::format("{}{}", next.empty() ? "" : ", ", ref(c, k.next));
          }
          line(depth, fmt::format("loop {} ({})", s.count, carries));
          steps(depth + 1, c, s.body);
          line(depth + 1, fmt::format("next {}", next));
        }
      }
    }
  }

  std::string value(const Code& c, const Step& s) {
    if (s.op == Op::call) {
      if (const auto sign = infix(s.function); !sign.empty())
        return fmt::format("{} {} {}", ref(c, s.operands[0]), sign, ref(c, s.operands[1]));
      if (s.function == expr::Function::neg) return "-" + ref(c, s.operands[0]);
      return fmt::format("{}({})", expr::name(s.function), refs(c, s));
    }
    std::string how;
    if (s.op == Op::map) how = fmt::format("<phi{}>", s.phi);
    if (s.op == Op::mean_quadrature) how = fmt::format("<phi{}, {}>", s.phi, s.order_phi);
    if (s.op == Op::hermite) how = fmt::format("<phi{}, {}, {}>", s.phi, s.order_phi, s.terms);
    if (s.op == Op::dual_quadrature)
      how = fmt::format("<phi{}, phi{}, {}, {}{}>", s.phi, s.psi, s.order_phi, s.order_psi, s.slope ? "; 1, 1" : "");
    if (s.op == Op::distance_quadrature) how = fmt::format("<phi{}>", s.phi);
    return fmt::format("{}{}({})", op_name(s.op), how, refs(c, s));
  }

  std::string refs(const Code& c, const Step& s) {
    std::string out;
    for (const auto& r : s.operands) out += (out.empty() ? "" : ", ") + ref(c, r);
    return out;
  }

  // Elements are those of the loops around: p[i][j].
  static std::string element(const Slot& s) {
    auto out = s.name;
    for (std::size_t k = 0; k < s.extents.size(); ++k) out += fmt::format("[{}]", static_cast<char>(k < 18 ? 'i' + k : '?'));
    return out;
  }

  std::string ref(const Code& c, const Ref& r) const {
    switch (r.where) {
      case Ref::Where::constant:
        return fmt::format("{}", plan_.constants[r.index].to_double());
      case Ref::Where::param:
        return plan_.params[r.index].name;
      case Ref::Where::parameter:
        return element(plan_.parameter.slots[r.index]);
      case Ref::Where::sample:
        return element(plan_.sample.slots[r.index]);
      case Ref::Where::primed:
        return element(plan_.sample.slots[r.index]) + "'";
      case Ref::Where::input:
        return plan_.inputs[r.index].name;
      case Ref::Where::data:
        return fmt::format("d{}", r.index);
      case Ref::Where::same:
        return "same";
      case Ref::Where::local:
        return c.local_names[r.index];
    }
    return "";
  }

  void line(int depth, const std::string& text) { text_ += std::string(static_cast<std::size_t>(2 * depth), ' ') + text + "\n"; }

  const Plan& plan_;
  std::string text_;
};

}  // namespace

std::string to_text(const Plan& plan) { return Printer(plan).run(); }

}  // namespace ntkc::plan
