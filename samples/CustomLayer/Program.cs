using ConvNN.Model.Layers;
using ConvNN.Training.Optimizers;

// One call each: from here on "scale" and "signsgd" are known to configuration files, the command line, the schema,
// checkpoints, resume and model files, like the types that ConvNN brings.
LayerRegistry.Types.Add(Scale.Type);
OptimizerRegistry.Types.Add(SignSgdOptions.Registration);

return await ConvNN.App.Program.Main(args);
