// A prediction for people, for programs and as a file.
#pragma once
#include "driver/predict_tune.hpp"
#include "io/npy.hpp"

namespace ntkc::driver {

// 7008 if the name ends neither in .npz nor in .csv.
void check_prediction_output(const std::string& path, Diagnostics& diagnostics);

// .npz: mean [times, tests, outputs], std [times, tests], cov [times, tests, tests], train_mean [times, trains, outputs], those that there
// are; the first axis dropped for one time. .csv: a row a test and time: time, sample, mean_0 ..., std; then those of train. Errors: 8002.
void write_prediction(const PredictJob& job, const Prediction& prediction, const std::string& path, io::Dtype dtype,
                      Diagnostics& diagnostics);

std::string to_text(const PredictJob& job, const Prediction& prediction, const std::optional<Tuned>& tuned = {});
std::string to_json(const PredictJob& job, const Prediction& prediction, const std::optional<Tuned>& tuned = {});

}  // namespace ntkc::driver
