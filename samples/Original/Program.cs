using ConvNN.Data;
using ConvNN.Data.Catalog;
using ConvNN.Formats;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training;
using ConvNN.Training.Options;

DatasetPair data = await DatasetCatalog.LoadAsync(args.FirstOrDefault("mnist"));
Network network = new NetworkBuilder(data.Train.Shape)
    .Conv2d(filters: 8, kernel: 3, activation: Activation.Relu).MaxPool2d(window: 2).Flatten()
    .Dense(128, Activation.Relu, dropout: 0.25).Dense(64, Activation.Relu, dropout: 0.25)
    .Dense(10, Activation.Softmax).Build();
TrainingOptions options = new() { Optimizer = "sgd", LearningRate = 0.1, BatchSize = 10, Epochs = 10 };
Trainer trainer = new(network, data, options, new PipelineOptions());
TrainingResult result = await trainer.RunAsync(epoch => Console.Out.WriteLineAsync($"{epoch.Epoch}: {epoch.Test.Accuracy:P2}"));
Console.WriteLine($"test {result.Best!.Test.Accuracy:P2}, weights {result.WeightsSha256}");
ModelFile.Save("original.safetensors", network, trainer.Model, trainer.Subject);
