namespace ConvNN.App.Tests.Architecture;

/// <summary>
/// Inside a project, folders are floors: each may use those before it in <see cref="Floors"/>, none above it. So a reader
/// starts at the last one and never meets a folder that needs the one he came from.
/// </summary>
public class FolderOrderTests(ITestOutputHelper output)
{
    /// <summary>The folders of each project, lowest first; "." is the project's own folder. A new folder takes its place here.</summary>
    private static readonly Dictionary<string, string[]> Floors = new()
    {
        ["ConvNN.Files"] = ["."],
        ["ConvNN.Dashboard"] = ["."],
        ["ConvNN.Kernels"] =
        [
            "Vectors", "Functions", "Sums", "Elementwise", "Optimizers", "Activations", "Pooling", "Convolution", "ConvPool", "Dense", "Normalization",
            "Losses", "Probes", ".",
        ],
        ["ConvNN.Model"] = [".", "Randomness", "Options", "Parameters", "Samples", "Layers", "Fusion", "Networks", "Losses", "Inspection", "Checking"],
        ["ConvNN.Pictures"] = [".", "Formats"],
        ["ConvNN.Data"] = ["Files", "Idx", ".", "Images", "Augmentations", "Cache", "Download", "Catalog"],
        ["ConvNN.Formats"] = ["SafeTensors", ".", "Protobuf", "Onnx", "TensorBoard"],
        ["ConvNN.Training"] =
        [
            "Cluster", "Evaluation", "Losses", "Optimizers", "Schedules", "Options", "Pipeline/Clocks", "Progress", "Metrics", "Pipeline", "Pipeline/Ranks", "Pipeline/FullGradients",
            "Pipeline/OwnFeatures", "Pipeline/Supervision", "Pipeline/Dataflow", "Pipeline/Tuning", "Checkpoints", "Inspection", "Tracing", ".",
        ],
        ["ConvNN.Cluster"] = ["."],
        ["App"] =
        [
            "Output", "Faults", "Configuration", "Log/Events", "Log/Drawing", "Log", "Hosting", "Reports", "Live", "Runs", "Commands/Options", "Commands/Start", "Commands/Train",
            "Commands/FindLearningRate", "Commands/Verify", "Commands/Trace", "Commands/CheckGradients", "Commands/Bench/Measuring", "Commands/Bench",
            "Commands/Sweep", "Commands/Models", "Commands/Serve", "Commands/Data", "Commands", ".",
        ],
    };

    /// <summary>Groups of files that need each other, by the file whose type is their meeting point, and why that is right.</summary>
    private static readonly Dictionary<string, string> Circles = new()
    {
        ["Losses/LossOptions.cs"] = "a name converts to options, so their base knows the registry, which knows its entries",
        ["Optimizers/OptimizerOptions.cs"] = "as for losses",
        ["Schedules/ScheduleOptions.cs"] = "as for losses",
        ["Augmentations/AugmentationOptions.cs"] = "as for losses",
        ["Networks/Network.cs"] = "a network goes through its workspace, which is cut to its network",
        ["Parameters/Parameter.cs"] = "untrained parameters lie behind all trained ones, whose length the layout knows when it is complete",
        ["Checkpoints/CheckpointManifest.cs"] = "a record and the serializer that is generated for it",
        ["Runs/RunRecord.cs"] = "a record and the serializer that is generated for it",
        ["Commands/Bench/BenchRecord.cs"] = "a record and the serializer that is generated for it",
        ["Options/Option.cs"] = "options know their declarations, and a declaration may be a section with options of a type",
    };

    public static TheoryData<string> Projects { get; } = [.. Floors.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_UseOnlyThoseBelow(string project)
    {
        string[] floors = Floors[project];
        SourceGraph graph = Read(project);
        string[] homeless = [.. graph.Needs.Keys.Where(file => !floors.Contains(FolderOf(file)))];
        string[] upward =
        [
            .. from need in graph.Needs
               from other in need.Value
               let floor = Array.IndexOf(floors, FolderOf(need.Key))
               let otherFloor = Array.IndexOf(floors, FolderOf(other))
               where otherFloor > floor
               select $"{need.Key} needs {other}, but {FolderOf(other)} is above {FolderOf(need.Key)}",
        ];

        output.WriteLine($"{project}: {graph.Needs.Count} files, {graph.Needs.Sum(need => need.Value.Count)} dependencies, {upward.Length} upward");
        Assert.NotEmpty(graph.Needs);
        Assert.True(homeless.Length == 0, $"No floor in {nameof(Floors)}: {string.Join(", ", homeless)}");
        Assert.True(upward.Length == 0, string.Join("\n", upward));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Files_OfAProject_FormNoCircleButThoseWithAReason(string project)
    {
        IReadOnlyList<IReadOnlyList<string>> circles = Read(project).Circles();
        string[] unexplained = [.. circles.Where(circle => !circle.Any(Circles.ContainsKey)).Select(circle => string.Join(" ", circle))];

        output.WriteLine($"{project}: {circles.Count} circles of files: {string.Join("; ", circles.Select(circle => string.Join(" ", circle)))}");
        Assert.True(unexplained.Length == 0, $"These need each other, and {nameof(Circles)} gives no reason:\n{string.Join("\n", unexplained)}");
    }

    [Fact]
    public void Circles_WithAReason_AreStillThere()
    {
        HashSet<string> files = [.. Floors.Keys.SelectMany(project => Read(project).Circles()).SelectMany(circle => circle)];

        Assert.All(Circles.Keys, file => Assert.True(files.Contains(file), $"{file} is in no circle any more: take its line out."));
    }

    private static SourceGraph Read(string project) => SourceGraph.Read(
        Path.Combine(AppContext.BaseDirectory, (project == "App" ? "convnn" : project) + ".dll"), $"src/{project}");

    private static string FolderOf(string file) => SourceGraph.FolderOf(file) is { Length: > 0 } folder ? folder : ".";
}
