using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;

namespace ConvNN.Benchmarks;

/// <summary>
/// Benchmarks of the kernels: <c>dotnet run -c Release --project tests/ConvNN.Benchmarks -- --filter *Dense*</c>. Each
/// benchmark runs in a process of its own for each width of vectors that the machine has, against the scalar reference.
/// </summary>
internal static class Program
{
    private const string JobOption = "--job";

    // The runtime's settings that leave a width; without AVX2 there is no fused multiply-add either, and it is done in software.
    private static readonly (string Name, string? Variable)[] Tiers =
        [("AVX-512", null), ("AVX2", "DOTNET_EnableAVX512"), ("SSE", "DOTNET_EnableAVX2")];

    private static void Main(string[] arguments)
    {
        int option = Array.IndexOf(arguments, JobOption);
        Job? job = option >= 0 && option + 1 < arguments.Length ? JobOf(arguments[option + 1]) : null;

        // BenchmarkDotNet would add the job of the option to ours, and not change ours. What we do not know it refuses.
        string[] others = job is null ? arguments : [.. arguments[..option], .. arguments[(option + 2)..]];
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(others, Config(job ?? Job.Default));
    }

    private static ManualConfig Config(Job job)
    {
        ManualConfig config = ManualConfig.Create(DefaultConfig.Instance)
            .AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory)
            .HideColumns(Column.EnvironmentVariables);
        foreach ((string name, string? variable) in Tiers)
        {
            Job tier = job.WithId(name);
            config.AddJob(variable is null ? tier : tier.WithEnvironmentVariable(variable, "0"));
        }

        return config;
    }

    private static Job? JobOf(string name) => name.ToUpperInvariant() switch
    {
        "DRY" => Job.Dry,
        "SHORT" => Job.ShortRun,
        "MEDIUM" => Job.MediumRun,
        "LONG" => Job.LongRun,
        "DEFAULT" => Job.Default,
        _ => null,
    };
}
