#include <fmt/format.h>

#include <limits>

#include "ir/activation_text.hpp"
#include "ir/names.hpp"
#include "ir/program.hpp"

namespace ntkc::ir {
namespace {

class Writer {
 public:
  explicit Writer(const Program& program) : program_(program), name_(program.nodes.size()), items_(program.blocks.size()) {
    for (const char* word : {"same", "next", "loop", "output", "program", "derivative", "param", "input", "activation"})
      names_.reserve(word);
    for (Value v = 0; v < program.nodes.size(); ++v)
      if (!is_inline(program.nodes[v].op)) items_[program.nodes[v].block].push_back(v);
  }

  std::string run() {
    header();
    block(0, 1);
    for (const Output& output : program_.outputs) out_ += fmt::format("  output {} = {}\n", output.name, ref(output.value));
    return std::move(out_);
  }

 private:
  static bool is_inline(Op op) {
    return op == Op::constant || op == Op::param || op == Op::prime || op == Op::same_sample || op == Op::argument || op == Op::result;
  }

  void header() {
    out_ += fmt::format("program {}\n", program_.name);
    if (!program_.by.empty()) out_ += fmt::format("  derivative ${}\n", program_.by);
    if (program_.tolerance != kTolerance) out_ += fmt::format("  tolerance {}\n", program_.tolerance);
    for (const graph::Param& p : program_.params) {
      out_ += fmt::format("  param ${} = {}", p.name, p.value);
      if (!(p.fallback == expr::Expr(p.value))) out_ += " from " + text_of(p.fallback);
      constexpr double inf = std::numeric_limits<double>::infinity();
      if (p.low || p.high) out_ += fmt::format(" in [{}, {}]", p.low.value_or(-inf), p.high.value_or(inf));
      out_ += "\n";
    }
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
      out_ += fmt::format("  input {} [", program_.inputs[i].name);
      const graph::Shape& shape = program_.input_shapes.at(i);
      for (const graph::Dim& d : shape.positions) out_ += text_of(d) + ", ";
      out_ += text_of(shape.channels) + "]\n";
    }
    for (const graph::ActivationUse& use : program_.activations) {
      activations_.push_back(activation_names_.unique(use.name));
      out_ += fmt::format("  activation {} = {}\n", activations_.back(), text_of(use));
    }
  }

  static std::string text_of(const graph::Dim& d) { return d.size ? fmt::format("{}", *d.size) : d.name.empty() ? "?" : d.name; }
  static std::string text_of(const expr::Expr& e) { return ir::text_of(e); }
  static std::string text_of(const graph::ActivationUse& use) { return ir::text_of(use); }

  static constexpr const char* kStages[] = {"constant", "parameter", "sample", "primed", "pair"};
  static constexpr const char* kTypes[] = {"number", "features", "series", "field", "matrix"};

  void block(BlockId id, int depth) {
    for (const Value v : items_[id]) {
      const Node& node = program_.nodes[v];
      if (node.op == Op::loop) {
        loop(v, depth);
        continue;
      }
      const std::string text = operation(node);
      name_[v] = names_.unique(node.hint);
      out_ += fmt::format("{:{}}{:<9} {} = {}\n", "", 2 * depth, kStages[int(node.stage)], name_[v], text);
    }
  }

  void loop(Value v, int depth) {
    const Node& node = program_.nodes[v];
    const Block& body = program_.blocks[node.body];
    name_[v] = names_.unique(node.hint.empty() ? "round" : node.hint);
    std::string carries;
    for (std::size_t i = 0; i < body.arguments.size(); ++i) {
      const Node& argument = program_.nodes[body.arguments[i]];
      const std::string initial = ref(node.operands[i]);
      name_[body.arguments[i]] = names_.unique(argument.hint);
      carries += fmt::format("{}{} {}{} = {}", i ? ", " : "", kStages[int(argument.stage)],
                             argument.type == Type::number ? "" : std::string(kTypes[int(argument.type)]) + " ", name_[body.arguments[i]],
                             initial);
    }
    out_ += fmt::format("{:{}}loop {} = {} ({})\n", "", 2 * depth, name_[v], body.count, carries);
    block(node.body, depth + 1);
    out_ += fmt::format("{:{}}next", "", 2 * depth + 2);
    for (std::size_t i = 0; i < body.yields.size(); ++i) out_ += (i ? ", " : " ") + ref(body.yields[i]);
    out_ += "\n";
  }

  std::string ref(Value v) const {
    const Node& node = program_.nodes[v];
    switch (node.op) {
      case Op::constant:
        return node.number.text();
      case Op::param:
        return "$" + node.text;
      case Op::prime:
        return ref(node.operands[0]) + "'";
      case Op::same_sample:
        return "same";
      case Op::result: {
        const Block& body = program_.blocks[program_.nodes[node.operands[0]].body];
        return name_[node.operands[0]] + "." + name_[body.arguments[node.index]];
      }
      default:
        return name_[v];
    }
  }

  std::string operation(const Node& node) const {
    if (node.op == Op::input) return fmt::format("input({})", node.index);
    if (node.op == Op::call && node.function <= expr::Function::div) {
      const char signs[] = {'+', '-', '*', '/'};
      return fmt::format("{} {} {}", ref(node.operands[0]), signs[int(node.function)], ref(node.operands[1]));
    }
    static constexpr const char* kOps[] = {
#define NTK_OP(name) #name,
#include "ir/ops.def"
#undef NTK_OP
    };
    std::string text = node.op == Op::call ? std::string(expr::name(node.function)) : kOps[int(node.op)];
    const auto phi = [&] { return activations_[node.phi]; };
    const auto psi = [&] { return activations_[node.psi]; };
    switch (node.op) {
      case Op::map:
        return fmt::format("map<{}>({})", phi(), ref(node.operands[0]));  // the params follow from the activation
      case Op::mean:
      case Op::mean_quadrature:
        text += fmt::format("<{}, {}>", phi(), node.order_phi);
        break;
      case Op::hermite:
        text += fmt::format("<{}, {}, {}>", phi(), node.order_phi, node.index);
        break;
      case Op::dual_distance:
      case Op::dual_gram:
      case Op::distance_quadrature:
        text += fmt::format("<{}>", phi());
        break;
      case Op::dual:
      case Op::dual_quadrature:
        text += fmt::format("<{}, {}, {}, {}>", phi(), psi(), node.order_phi, node.order_psi);
        break;
      default:
        break;
    }
    text += "(";
    for (std::size_t i = 0; i < node.operands.size(); ++i) text += (i ? ", " : "") + ref(node.operands[i]);
    return text + ")";
  }

  const Program& program_;
  std::vector<std::string> name_;
  std::vector<std::vector<Value>> items_;
  std::vector<std::string> activations_;
  Names names_, activation_names_;
  std::string out_;
};

}  // namespace

std::string to_text(const Program& program) { return Writer(program).run(); }

}  // namespace ntkc::ir
