using System.Globalization;
using ConvNN.App.Configuration;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Layers;
using ConvNN.Model.Losses;
using ConvNN.Model.Options;
using ConvNN.Training.Optimizers;
using ConvNN.Training.Options;
using ConvNN.Training.Schedules;

namespace ConvNN.App.Tests.Configuration;

public class ConfigurationReaderTests
{
    [Fact]
    public void Read_NoSource_GivesBuiltInDefaults()
    {
        RunConfiguration run = Sources.Read();

        Assert.Equal("original", run.Name);
        Assert.Equal(new TrainingOptions(), run.Training);
        Assert.Equal(new PipelineOptions(), run.Pipeline);
        Assert.Equal(["conv2d", "maxpool2d", "flatten", "dense", "dense", "dense"], run.Layers.Select(layer => layer.Type));
    }

    [Fact]
    public void Read_SameKeyInAllSources_TakesTheLast()
    {
        const string Json = """{ "Training": { "Epochs": 2, "Seed": 2, "BatchSize": 2 } }""";
        Dictionary<string, string?> environment = new() { ["CONVNN_Training__Epochs"] = "3", ["CONVNN_Training__Seed"] = "3" };
        Dictionary<string, string?> commandLine = new() { ["Training:Epochs"] = "4" };

        TrainingOptions training = Sources.Read(Json, environment, commandLine).Training;

        Assert.Equal((4, 3UL, 2, 0.1), (training.Epochs, training.Seed, training.BatchSize, training.LearningRate));
    }

    [Fact]
    public void Read_EveryKey_IsApplied()
    {
        const string Json = """
            {
              // comments and trailing commas are allowed
              "$schema": "./x.json", "Name": "two",
              "Data": { "Directory": "/d", "Limit": 5 },
              "Training": { "Epochs": 2, "BatchSize": 3, "LearningRate": 0.5, "Optimizer": { "Type": "SGD" }, "Loss": "Cross-Entropy", "Seed": 18446744073709551615 },
              "Pipeline": { "Workers": 7, "Leaves": 8, "Kernels": "reference", "Exchange": "Full-Gradients", "StallTimeout": 1.5 },
              "Output": { "Directory": "o" },
              "Logging": { "IntervalSeconds": 0.25, "LogLevel": { "Default": "Warning" } },
            }
            """;

        RunConfiguration run = Sources.Read(Json);

        Assert.Equal("two", run.Name);
        Assert.Equal(new DataOptions { Directory = "/d", Limit = 5 }, run.Data);
        Assert.Equal(new TrainingOptions { Epochs = 2, BatchSize = 3, LearningRate = 0.5, Optimizer = "sgd", Loss = "cross-entropy", Seed = ulong.MaxValue }, run.Training);
        Assert.Equal(new PipelineOptions { Workers = 7, Leaves = 8, Kernels = KernelTier.Reference, Exchange = ExchangeKind.FullGradients, StallTimeout = TimeSpan.FromSeconds(1.5) }, run.Pipeline);
        Assert.Equal("o", run.Output.Directory);
        Assert.Equal(TimeSpan.FromSeconds(0.25), run.Logging.Interval);
    }

    [Theory]
    [InlineData("Pipeline:Workers")]
    [InlineData("Pipeline:Leaves")]
    [InlineData("Pipeline:Kernels")]
    [InlineData("Pipeline:Exchange")]
    public void Read_Auto_IsTheDefault(string key) =>
        Assert.Equal(new PipelineOptions(), Sources.Read(commandLine: new Dictionary<string, string?> { [key] = "AUTO" }).Pipeline);

    [Fact]
    public void Read_NullInFile_IsTheDefault() =>
        Assert.Equal(
            (new TrainingOptions(), 6),
            (Sources.Read("""{ "Training": { "Epochs": null }, "Data": null }""").Training, Sources.Read("""{ "Model": { "Layers": null } }""").Layers.Count));

    [Theory]
    [InlineData("""{ "Training": { "Optimizer": "adam" } }""")]
    [InlineData("""{ "Training": { "Optimizer": { "Type": "ADAM" } } }""")]
    public void Read_OptimizerByNameOrAsSection_IsTheSame(string json) => Assert.Equal(new AdamOptions(), Sources.Read(json).Training.Optimizer);

    [Theory]
    [InlineData("""{ "Training": { "Loss": { "Type": "cross-entropy", "LabelSmoothing": 0.1 } } }""")]
    [InlineData("""{ "Training": { "Loss": { "LabelSmoothing": 0.1 } } }""")]
    public void Read_LossWithOptions_HasThem(string json) => Assert.Equal(new CrossEntropyOptions { LabelSmoothing = 0.1 }, Sources.Read(json).Training.Loss);

    [Fact]
    public void Read_Recipe_IsApplied()
    {
        const string Json = """
            {
              "Data": { "Validation": 0.1 },
              "Training": {
                "Schedule": { "Type": "onecycle", "Rise": 0.2, "Linear": true }, "ClipNorm": 1, "ClipValue": 0.5,
                "AverageDecay": 0.99, "Accumulate": 2, "Patience": 3, "ClassWeights": "balanced" }
            }
            """;

        RunConfiguration run = Sources.Read(Json);

        Assert.Equal(
            new TrainingOptions
            {
                Schedule = new OneCycleSchedule { Rise = 0.2, Linear = true },
                ClipNorm = 1,
                ClipValue = 0.5,
                AverageDecay = 0.99,
                Accumulate = 2,
                Patience = 3,
                ClassWeights = "balanced",
            },
            run.Training);
        Assert.Equal(0.1, run.Data.Validation);
    }

    [Fact]
    public void Read_OptimizerOverAnother_DropsTheOthersOptions()
    {
        const string Json = """{ "Training": { "Optimizer": { "Type": "adam", "Beta1": 0.5, "WeightDecay": 0.1 } } }""";

        OptimizerOptions same = Sources.Read(Json, commandLine: [new("Training:Optimizer:Beta2", "0.9")]).Training.Optimizer;
        OptimizerOptions other = Sources.Read(Json, commandLine: [new("Training:Optimizer:Momentum", "0.8"), new("Training:Optimizer", "nesterov")]).Training.Optimizer;
        OptimizerOptions none = Sources.Read(Json, commandLine: [new("Training:Optimizer", "null")]).Training.Optimizer;

        Assert.Equal(new AdamOptions { Beta1 = 0.5, Beta2 = 0.9, WeightDecay = 0.1 }, same);
        Assert.Equal(new NesterovOptions { Momentum = 0.8 }, other);
        Assert.Equal(new SgdOptions(), none);
    }

    [Fact]
    public void Read_LayersInFile_ReplaceTheBuiltInOnes()
    {
        IReadOnlyList<LayerOptions> layers = Sources.Read("""{ "Model": { "Layers": [{ "Type": "dense", "Units": 3 }] } }""").Layers;

        Assert.Equal([new DenseOptions { Units = 3 }], layers);
    }

    [Fact]
    public void Read_OneValueOfALayerInEnvironment_ChangesThatValue()
    {
        RunConfiguration run = Sources.Read(environment: new() { ["CONVNN_Model__Layers__0__Filters"] = "16" });

        Assert.Equal(16, Assert.IsType<Conv2dOptions>(run.Layers[0]).Filters);
        Assert.Equal(6, run.Layers.Count);
    }

    [Fact]
    public void Read_ListAndNullInALayer_AreUnderstood()
    {
        const string Json = """{ "Model": { "Layers": [{ "Type": "conv2d", "Filters": 2, "Kernel": [3, 5], "Activation": null }] } }""";

        Conv2dOptions layer = Assert.IsType<Conv2dOptions>(Sources.Read(Json).Layers[0]);

        Assert.Equal(((3, 5), null), ((layer.Kernel.Height, layer.Kernel.Width), layer.Activation));
    }

    [Theory]
    [InlineData("""{ "Training": { "Epocs": 3 } }""", "Training:Epocs is not known; did you mean Epochs?")]
    [InlineData("""{ "Trainig": { "Epochs": 3 } }""", "Trainig is not known; did you mean Training?")]
    [InlineData("""{ "Unheard": null }""", "Unheard is not known; known here:")]
    [InlineData("""{ "DataDirectory": "/d" }""", "DataDirectory is not known; did you mean Data:Directory?")]
    [InlineData("""{ "Training": { "Epochs": [1, 2] } }""", "Training:Epochs holds a list or a section; it must be a whole number between 1 and ")]
    [InlineData("""{ "Training": 5 }""", "Training is 5; it must be a section with Accumulate, AverageDecay, BatchSize")]
    [InlineData("""{ "Training": { "Optimizer": "sdg" } }""", "Training:Optimizer:Type is sdg, which is not a known optimizer; did you mean sgd?")]
    [InlineData("""{ "Training": { "Optimizer": { "Type": "adm" } } }""", "Training:Optimizer:Type is adm, which is not a known optimizer; did you mean adam?")]
    [InlineData("""{ "Training": { "Optimizer": { "Type": "adam", "Beta3": 1 } } }""", "Training:Optimizer:Beta3 is not known; did you mean Beta1?")]
    [InlineData("""{ "Training": { "Optimizer": { "Type": "adam", "Beta1": { "a": 1 } } } }""", "Training:Optimizer:Beta1 holds a section; it must be a value or a list of values.")]
    [InlineData("""{ "Training": { "Loss": "mse" } }""", "Training:Loss:Type is mse, which is not a known loss; known here: cross-entropy, mean-squared-error.")]
    [InlineData("""{ "Training": { "Loss": { "LabelSmoothing": 1 } } }""", "Training:Loss:LabelSmoothing is 1; it must be a number of at least 0 and below 1.")]
    [InlineData("""{ "Training": { "Optimizer": [1] } }""", "Training:Optimizer:0 is not known")]
    [InlineData("""{ "Model": { "Layers": "conv" } }""", "Model:Layers is conv; it must be a list of layers.")]
    [InlineData("""{ "Model": { "Layers": { "conv1": {} } } }""", "Model:Layers:conv1 is not known; in a file, layers are a list; the first one is Model:Layers:0.")]
    [InlineData("""{ "Model": { "Layers": ["conv"] } }""", "Model:Layers:0 is conv; it must be a layer, such as")]
    [InlineData("""{ "Model": { "Layers": [{ "Type": "dense", "Units": 1, "Bias": { "a": 1 } }] } }""", "Model:Layers:0:Bias holds a section")]
    [InlineData("""{ "Model": { "Layers": [{ "Type": "dense", "Units": 1, "Filters": 1 }] } }""", "Model:Layers:0:Filters is an option of conv2d, not of dense; set Model:Layers:0:Type to that, or leave it out.")]
    public void Read_KeyThatMeansNothing_IsRefused(string json, string expected) => AssertRefused(json, expected);

    [Theory]
    [InlineData("Training:Epochs", "ten", "it must be a whole number between 1 and ")]
    [InlineData("Training:Epochs", "1.5", "it must be a whole number between 1 and ")]
    [InlineData("Training:Epochs", "99999999999", "it must be a whole number between 1 and ")]
    [InlineData("Training:Epochs", "0", "it must be a whole number between 1 and 1,000,000.")]
    [InlineData("Training:BatchSize", "-3", "it must be a whole number between 1 and 65,536.")]
    [InlineData("Training:LearningRate", "NaN", "it must be a number above 0")]
    [InlineData("Training:LearningRate", "1e999", "it must be a number above 0")]
    [InlineData("Training:LearningRate", "Infinity", "it must be a number above 0")]
    [InlineData("Training:LearningRate", "0,1", "Use a point as the decimal separator.")]
    [InlineData("Training:LearningRate", "-0.1", "it must be a number above 0")]
    [InlineData("Training:Seed", "-1", "it must be a whole number from 0")]
    [InlineData("Pipeline:Workers", "0", "it must be a whole number between 1 and 1024, or auto. Leave it out to allow one per core.")]
    [InlineData("Pipeline:Workers", "many", "it must be a whole number between 1 and 1024, or auto.")]
    [InlineData("Pipeline:Leaves", "1000000", "it must be a whole number between 1 and")]
    [InlineData("Pipeline:Kernels", "fast", "it must be one of auto, reference")]
    [InlineData("Pipeline:Exchange", "rows", "it must be one of auto, full-gradients, own-features")]
    [InlineData("Pipeline:StallTimeout", "0", "it must be a number of seconds between")]
    [InlineData("Pipeline:StallTimeout", "1e300", "it must be a number of seconds between")]
    [InlineData("Logging:IntervalSeconds", "-1", "it must be a number of seconds between")]
    [InlineData("Data:Limit", "0", "it must be a whole number of at least 1.")]
    [InlineData("Name", "../evil", "it must have 1 to 64 letters")]
    [InlineData("Name", "a\nb", "it must have 1 to 64 letters")]
    public void Read_ValueThatIsWrong_NamesKeyValueAndRule(string key, string value, string rule)
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Sources.Read(commandLine: new Dictionary<string, string?> { [key] = value }));

        string failure = Assert.Single(refused.Failures).Text;
        Assert.StartsWith($"{key} is {value.Replace('\n', ' ')}; ", failure, StringComparison.Ordinal);
        Assert.Contains(rule, failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Data:Directory")]
    [InlineData("Output:Directory")]
    [InlineData("Name")]
    public void Read_EmptyValue_IsRefused(string key)
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Sources.Read(commandLine: new Dictionary<string, string?> { [key] = "" }));

        Assert.StartsWith($"{key} is empty; it must", Assert.Single(refused.Failures).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyFailures_ReportsAllWithTheirOrigins()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Sources.Read(
            """{ "Training": { "Epochs": 0, "Sed": 1 }, "Model": { "Layers": [{ "Type": "dense", "Units": 0 }, { "Type": "danse" }] } }""",
            new() { ["CONVNN_Pipeline__Workers"] = "none" },
            new Dictionary<string, string?> { ["Training:BatchSize"] = "x" }));

        Assert.Collection(
            refused.Failures.Select(failure => $"{failure}"),
            failure => Assert.Matches(@"^Model:Layers:0:Units is 0; it must be a whole number .*\. \(test\.json, line 1\)$", failure),
            failure => Assert.StartsWith("Model:Layers:1:Type is danse, which is not a known layer; did you mean dense?", failure, StringComparison.Ordinal),
            failure => Assert.Equal("Pipeline:Workers is none; it must be a whole number between 1 and 1024, or auto. Leave it out to allow one per core. (CONVNN_Pipeline__Workers)", failure),
            failure => Assert.Equal("Training:BatchSize is x; it must be a whole number between 1 and 65,536. (--batch-size)", failure),
            failure => Assert.Equal("Training:Epochs is 0; it must be a whole number between 1 and 1,000,000. (test.json, line 1)", failure),
            failure => Assert.StartsWith("Training:Sed is not known; did you mean Seed?", failure, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_CultureWithDecimalComma_IsOfNoConsequence()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        // What de-DE does with numbers; the culture itself is not there in invariant mode.
        CultureInfo german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator, german.NumberFormat.NegativeSign) = (",", ".", "−");
        try
        {
            CultureInfo.CurrentCulture = german;

            RunConfiguration run = Sources.Read("""{ "Training": { "LearningRate": 0.125 }, "Pipeline": { "StallTimeout": 2.5 } }""");
            AssertRefused("""{ "Training": { "LearningRate": "0,125" } }""", "Training:LearningRate is 0,125; it must be a number above 0");
            AssertRefused("""{ "Training": { "LearningRate": -1.5 } }""", "Training:LearningRate is -1.5; it must be a number above 0");

            Assert.Equal((0.125, 2.5), (run.Training.LearningRate, run.Pipeline.StallTimeout.TotalSeconds));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static void AssertRefused(string json, string expected)
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() => Sources.Read(json));

        Assert.StartsWith(expected, Assert.Single(refused.Failures).Text, StringComparison.Ordinal);
    }
}
