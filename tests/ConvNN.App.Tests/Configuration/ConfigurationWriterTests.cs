using System.Text.Json.Nodes;
using ConvNN.App.Configuration;
using ConvNN.Model.Layers;

namespace ConvNN.App.Tests.Configuration;

public class ConfigurationWriterTests
{
    [Fact]
    public void Write_Defaults_HasSectionsNumbersAutoAndNull()
    {
        JsonObject json = Settings.Root.Write(Sources.Read());

        Assert.Equal(
            """{"Epochs":10,"BatchSize":10,"LearningRate":0.1,"Optimizer":{"Type":"sgd","WeightDecay":0,"Decoupled":false},"Schedule":{"Type":"constant","Warmup":0},"ClipNorm":null,"ClipValue":null,"AverageDecay":null,"Accumulate":1,"Patience":null,"ClassWeights":null,"Loss":{"Type":"cross-entropy","LabelSmoothing":0},"Seed":1}""",
            json["Training"]!.ToJsonString());
        Assert.Equal("""{"Workers":"auto","Leaves":"auto","Kernels":"auto","Exchange":"auto","Decoders":"auto","Prefetch":4,"StallTimeout":60}""", json["Pipeline"]!.ToJsonString());
        Assert.Equal("""{"Directory":null,"StepEvery":0,"TensorBoard":false}""", json["Output"]!.ToJsonString());
        Assert.Equal(
            """{"Type":"conv2d","Name":"conv1","Filters":8,"Kernel":3,"Stride":1,"Padding":0,"Dilation":1,"Groups":1,"Bias":true,"Activation":"relu","Initializer":null,"InitialValue":null}""",
            json["Model"]!["Layers"]![0]!.ToJsonString());
    }

    [Fact]
    public void Write_ReadAgain_GivesTheSameConfiguration()
    {
        RunConfiguration run = Sources.Read("""
            {
              "Name": "two",
              "Model": { "Layers": [
                { "Type": "conv2d", "Filters": 2, "Kernel": [3, 5], "Stride": [1, 2], "Padding": 1, "Bias": false },
                { "Type": "maxpool2d", "Window": 3, "Stride": 2 }, { "Type": "maxpool2d", "Window": [2, 1] },
                { "Type": "relu" }, { "Type": "dropout", "Rate": 0.1 }, { "Type": "flatten" },
                { "Type": "dense", "Name": "top", "Units": 10, "Activation": "softmax", "Dropout": 0.3 }] },
              "Data": { "Limit": 7, "Directory": "a \\ ü" },
              "Training": { "Seed": 18446744073709551615, "LearningRate": 1e-7, "Optimizer": { "Type": "adamw", "Beta1": 0.123456789 }, "Schedule": { "Type": "cosine", "Cycles": 3 }, "ClipNorm": 0.1, "ClassWeights": "balanced" },
              "Pipeline": { "Workers": 3, "Kernels": "reference", "StallTimeout": 0.25 },
              "Logging": { "IntervalSeconds": 0.001 }
            }
            """);

        RunConfiguration again = Sources.Read(Settings.Root.Write(run).ToJsonString());

        Assert.Equal<LayerOptions>(run.Layers, again.Layers);
        Assert.Equal(run, again with { Layers = run.Layers });
    }
}
