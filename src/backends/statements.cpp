#include "backends/statements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace ntkc::backends {
namespace {

using ir::Op;
using plan::Ref;
using plan::Step;
using Where = Ref::Where;

std::string counter(std::size_t depth) {
  return depth == 0   ? "i"
         : depth == 1 ? "j"
                      : fmt::format("j_{}", depth);  // no name of plan::identifier's numbering has a letter, `_`, digits
}

class Writer {
 public:
  Writer(Text& out, const plan::Plan& plan, const Naming& names, const Layout& layout, Program program)
      : out_(out),
        plan_(plan),
        names_(names),
        layout_(layout),
        program_(program),
        code_(program == Program::parameter ? plan.parameter
              : program == Program::sample  ? plan.sample
              : program == Program::pair    ? plan.pair
                                            : *plan.of_features),
        locals_(names.local[static_cast<int>(program)]),
        type_(program == Program::parameter ? "double" : "T") {
    values_.resize(code_.locals);
    uses_.assign(code_.locals, 0);
    leaves_.assign(code_.locals, false);
    made_in_.assign(code_.locals, nullptr);
    feature_input_.assign(code_.locals, 0);
    for (std::uint32_t l = 0; l < code_.locals; ++l) values_[l] = name(locals_[l]);
  }

  void run() {
    count(code_.steps);
    if (program_ == Program::pair)
      for (const auto& o : plan_.outputs) use(o.value, &code_.steps), leave(o.value);
    write(code_.steps);
    if (program_ == Program::pair)
      for (const auto& o : plan_.outputs) out_.line(fmt::format("out[{}] = {};", o.name == "nngp" ? 0 : 1, exact(o.value)));
  }

 private:
  // A value without a name of its own that is used once, in the list of steps that makes it, may stand where it is used; as a carry's next
  // value it must have a name.
  void use(const Ref& r, const std::vector<Step>* where, int times = 1) {
    if (r.where == Where::local) uses_[r.index] += made_in_[r.index] == where ? times : 2;
  }
  void leave(const Ref& r) {
    if (r.where == Where::local) leaves_[r.index] = true;
  }
  void count(const std::vector<Step>& steps) {
    for (const auto& s : steps) {
      for (const auto& r : s.operands) {
        use(r, &steps);
        if (s.kind == Step::Kind::store) leave(r);
      }
      for (const auto& c : s.carries) use(c.initial, &steps), leave(c.initial);
      count(s.body);
      for (const auto& c : s.carries) use(c.next, &s.body, 2);
      if (s.kind == Step::Kind::compute) made_in_[s.result] = &steps;
      if (s.slope) made_in_[*s.slope] = &steps;
    }
  }

  void write(const std::vector<Step>& steps) {
    for (const auto& s : steps) {
      switch (s.kind) {
        case Step::Kind::compute:
          compute(s, steps);
          break;
        case Step::Kind::loop:
          loop(s);
          break;
        case Step::Kind::store:
          if (s.type == ir::Type::number) out_.line(fmt::format("{} = {};", element(s.slot), exact(s.operands[0])));
      }
    }
  }

  void loop(const Step& s) {
    for (const auto& c : s.carries) out_.line(fmt::format("{} {} = {};", type_, locals_[c.local], exact(c.initial)));
    const auto i = counter(depth_);
    out_.open(fmt::format("for (std::size_t {0} = 0; {0} < {1}; ++{0})", i, s.count));
    ++depth_;
    write(s.body);
    --depth_;
    const auto is_carry = [&](const Ref& r) {
      return r.where == Where::local &&
             std::any_of(s.carries.begin(), s.carries.end(), [&](const plan::Carry& c) { return c.local == r.index; });
    };
    for (const auto& c : s.carries)  // all at once: another carry's value is kept first
      if (is_carry(c.next) && c.next.index != c.local)
        out_.line(fmt::format("const {} {}_next = {};", type_, locals_[c.local], exact(c.next)));
    for (const auto& c : s.carries) {
      if (c.next == Ref{Where::local, c.local}) continue;
      out_.line(fmt::format("{} = {};", locals_[c.local], is_carry(c.next) ? locals_[c.local] + "_next" : exact(c.next)));
    }
    out_.close();
  }

  void compute(const Step& s, const std::vector<Step>& around) {
    if (s.type == ir::Type::features) return features(s, around);
    if (s.op == Op::hermite) return hermite(s, around);
    if (s.slope) return value_and_slope(s);
    auto value = expression(s);
    const bool anonymous =
        s.name.size() > 1 && s.name[0] == 'v' && std::all_of(s.name.begin() + 1, s.name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (uses_[s.result] == 1 && value.text.size() < 72 && (leaves_[s.result] || (s.op == Op::call && anonymous))) {
      values_[s.result] = std::move(value);
      return;
    }
    out_.line(
        fmt::format("const {} {} = {};", value.mask ? "auto" : type_, locals_[s.result], value.mask ? value.text : exactly(value, type_)));
    values_[s.result] = {locals_[s.result], Spelled::primary, false, value.mask};
  }

  Spelled expression(const Step& s) {
    switch (s.op) {
      case Op::call: {
        std::vector<Spelled> args;
        for (const auto& r : s.operands) args.push_back(spell(r));
        return apply(s.function, std::move(args), type_);
      }
      case Op::inner:
        return features_call("inner", s);
      case Op::distance:
        return features_call("distance", s);
      case Op::gram:
        return features_call("gram_determinant", s);
      case Op::channel_mean:
        return features_call("channel_mean", s);
      case Op::size:
        return name(fmt::format("{}(static_cast<double>({}))", type_, layout_.size(input_of(s.operands[0]))));
      case Op::mean_quadrature:
        return name(fmt::format("::ntk::quadrature::mean({}, {}_breaks(), {})", function(s.phi, s.order_phi), names_.phi[s.phi],
                                exact(s.operands[0])));
      case Op::dual_quadrature: {
        const bool slope = s.order_phi == 1 && s.order_psi == 1;
        return name(fmt::format("::ntk::quadrature::dual(::ntk::quadrature::Sum::{}, {}, {})", slope ? "slope" : "value",
                                sides(s, s.order_phi, s.order_psi), covariance(s)));
      }
      case Op::distance_quadrature:
        return name(fmt::format("::ntk::quadrature::distance({}, {})", sides(s, 0, 0), covariance(s)));
      default:
        throw std::logic_error("backend: no spelling for an operation");
    }
  }

  // The functions of a pair with what quadrature needs of them. Slopes have the series of the functions themselves.
  std::string sides(const Step& s, int order_phi, int order_psi) const {
    const bool slope = order_phi == 1 && order_psi == 1;
    const auto side = [&](std::uint32_t phi, int order, const Ref& q, const Ref& series) {
      const auto breaks = is_polynomial(plan_, phi) ? pieces_name(names_, phi, order) : names_.phi[phi] + "_breaks()";
      return fmt::format("::ntk::quadrature::side({}, {}, {}, {}, {})", function(phi, order), breaks, parity(phi, slope ? 0 : order),
                         exact(q), spell(series).text);
    };
    return side(s.phi, order_phi, s.operands[0], s.operands[4]) + ", " + side(s.psi, order_psi, s.operands[1], s.operands[5]);
  }
  std::string covariance(const Step& s) const {
    return fmt::format("{}, {}, {}, {}", exact(s.operands[2]), exact(s.operands[3]), double_literal(plan_.truncation()),
                       series_terms(s.operands[4]));
  }
  void value_and_slope(const Step& s) {
    const auto &value = locals_[s.result], &slope = locals_[*s.slope];
    out_.line(fmt::format("const auto [{}, {}] = ::ntk::quadrature::duals({}, {}, {});", value, slope, sides(s, 0, 0), sides(s, 1, 1),
                          covariance(s)));
    for (const auto local : {s.result, *s.slope}) values_[local] = {locals_[local], Spelled::primary, false, false};
  }

  Spelled features_call(std::string_view what, const Step& s) {
    std::string args;
    for (const auto& r : s.operands) args += ", " + spell(r).text;
    return name(fmt::format("::ntk::{}({}{})", what, layout_.size(input_of(s.operands[0])), args));
  }

  void features(const Step& s, const std::vector<Step>& around) {
    const auto input = feature_input_[s.result] = input_of(s.operands[0]);
    const auto& z = locals_[s.result];
    const auto size = layout_.size(input);
    if (const auto slot = stored(s, around)) {
      const auto offset = layout_.computed_offset(*slot);
      out_.line(fmt::format("T* const {} = computed{};", z, offset == "0" ? "" : " + " + offset));
    } else {
      out_.line(fmt::format("std::vector<T> {}_numbers({});", z, size));
      out_.line(fmt::format("T* const {0} = {0}_numbers.data();", z));
    }
    const auto a = spell(s.operands[0]).text + "[n]";
    std::string value;
    switch (s.op) {
      case Op::map:
        value = fmt::format("{}({})", names_.phi[s.phi], a);
        break;
      case Op::standardize:
        value = fmt::format("({} - {}) * {}", a, exact(s.operands[1]), exact(s.operands[2]));
        break;
      case Op::feature_sum:
        value = fmt::format("{} + {}[n]", a, spell(s.operands[1]).text);
        break;
      case Op::feature_product:
        value = fmt::format("{} * {}[n]", a, spell(s.operands[1]).text);
        break;
      default:
        throw std::logic_error("backend: no spelling for features");
    }
    out_.line(fmt::format("for (std::size_t n = 0; n < {}; ++n) {}[n] = {};", size, z, value));
  }

  void hermite(const Step& s, const std::vector<Step>& around) {
    const auto& a = locals_[s.result];
    if (const auto slot = stored(s, around))
      out_.line(fmt::format("{}* const {} = {};", type_, a, element(*slot)));
    else
      out_.line(fmt::format("{} {}[{}];", type_, a, s.terms + plan::kSeriesFacts + s.beyond));
    const bool smooth = has_slope(plan_, s.phi, s.order_phi), table = program_ != Program::parameter;
    const auto what = fmt::format("{}, {}, {}_breaks(), {}, {}, {}", function(s.phi, s.order_phi),
                                  smooth ? function(s.phi, s.order_phi + 1) : "::ntk::quadrature::Jumps()", names_.phi[s.phi],
                                  parity(s.phi, s.order_phi), exact(s.operands[0]), double_literal(plan_.truncation()));
    out_.line(table ? fmt::format("::ntk::quadrature::hermite(*{}, {}, {});", table_name(names_, s.phi, s.order_phi), what, a)
                    : fmt::format("::ntk::quadrature::hermite({}, {}, {}, {});", what, s.terms, a, s.beyond));
  }

  std::optional<std::uint32_t> stored(const Step& s, const std::vector<Step>& around) const {
    for (const auto& t : around)
      if (t.kind == Step::Kind::store && t.operands[0] == Ref{Where::local, s.result}) return t.slot;
    return std::nullopt;
  }

  std::string function(std::uint32_t phi, int order) const {
    return fmt::format("[this](const auto& z) {{ return {}(z); }}", function_name(names_, phi, order));
  }

  std::string parity(std::uint32_t phi, int order) const {
    static constexpr const char* kWords[] = {"none", "odd", "even"};
    return fmt::format("::ntk::quadrature::Parity::{}", kWords[int(expr::parity(expr::derivative(plan_.activations[phi].phi, order)))]);
  }

  std::uint32_t input_of(const Ref& r) const { return r.where == Where::input ? r.index : feature_input_[r.index]; }

  std::uint32_t series_terms(const Ref& r) const {
    if (r.where == Where::sample || r.where == Where::primed) return plan_.sample.slots[r.index].terms;
    if (r.where == Where::parameter) return plan_.parameter.slots[r.index].terms;
    return terms_of_local(code_.steps, r.index);
  }
  static std::uint32_t terms_of_local(const std::vector<Step>& steps, std::uint32_t local) {
    for (const auto& s : steps) {
      if (s.kind == Step::Kind::compute && s.op == Op::hermite && s.result == local) return s.terms;
      if (const auto inside = terms_of_local(s.body, local)) return inside;
    }
    return 0;
  }

  std::string indexed(std::string text, const plan::Slot& slot) const {
    for (std::size_t k = 0; k < slot.extents.size(); ++k) text += fmt::format("[{}]", counter(k));
    return text;
  }
  std::string element(std::uint32_t slot) const {
    return program_ == Program::parameter ? indexed(names_.parameter[slot], plan_.parameter.slots[slot])
                                          : indexed("out." + names_.sample[slot], plan_.sample.slots[slot]);
  }

  Spelled spell(const Ref& r) const {
    switch (r.where) {
      case Where::constant:
        return number(plan_.constants[r.index].to_double());
      case Where::param:
        return name("params." + names_.params[r.index], true);
      case Where::parameter:
        return name(indexed(names_.parameter[r.index], plan_.parameter.slots[r.index]), true);
      case Where::sample:
        return name(indexed("x." + names_.sample[r.index], plan_.sample.slots[r.index]), true);
      case Where::primed:
        return name(indexed("y." + names_.sample[r.index], plan_.sample.slots[r.index]));
      case Where::input:
        return name(names_.inputs[r.index]);
      case Where::data:
        return name(fmt::format("products[{}]", r.index));
      case Where::same:
        return name("same");
      case Where::local:
        return values_[r.index];
    }
    throw std::logic_error("backend: a reference to nowhere");
  }
  std::string exact(const Ref& r) const { return exactly(spell(r), type_); }

  Text& out_;
  const plan::Plan& plan_;
  const Naming& names_;
  const Layout& layout_;
  Program program_;
  const plan::Code& code_;
  const std::vector<std::string>& locals_;
  std::string_view type_;
  std::vector<Spelled> values_;  // what stands for each local
  std::vector<int> uses_;
  std::vector<bool> leaves_;  // stored, an output or a carry's first value: what it is called is said there
  std::vector<const std::vector<Step>*> made_in_;
  std::vector<std::uint32_t> feature_input_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string function_name(const Naming& names, std::uint32_t phi, int order) {
  return order == 0 ? names.phi[phi] : fmt::format("{}_d{}", names.phi[phi], order);
}

std::string table_name(const Naming& names, std::uint32_t phi, int order) { return function_name(names, phi, order) + "_series"; }

std::string pieces_name(const Naming& names, std::uint32_t phi, int order) { return function_name(names, phi, order) + "_pieces"; }

bool is_polynomial(const plan::Plan& plan, std::uint32_t phi) { return expr::is_piecewise_polynomial(plan.activations[phi].phi); }

bool has_slope(const plan::Plan& plan, std::uint32_t phi, int order) {
  return expr::is_continuous(expr::breaks(expr::derivative(plan.activations[phi].phi, order)));
}

void write_statements(Text& out, const plan::Plan& plan, const Naming& names, const Layout& layout, Program program) {
  Writer(out, plan, names, layout, program).run();
}

}  // namespace ntkc::backends
