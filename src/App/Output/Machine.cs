using System.Collections;
using System.Reflection;
using System.Runtime.InteropServices;
using ConvNN.Kernels;
using ConvNN.Kernels.Probes;
using ConvNN.Kernels.Vectors;

namespace ConvNN.App.Output;

/// <summary>The program, the runtime and the machine.</summary>
internal static class Machine
{
    /// <summary>The program's version with its full commit hash, if it was built in a repository.</summary>
    public static string FullVersion { get; } =
        typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>The program's version with the first digits of its commit: <c>0.1.0+3f2a9c1</c>.</summary>
    public static string Version { get; } = ShortVersion();

    /// <summary>The program as built: two builds from the same source are equal on all machines.</summary>
    public static string Build { get; } =
        $"{FullVersion.Split('+')[0]} build {string.Join('-', new[] { typeof(KernelSet), typeof(ConvNN.Training.Trainer), typeof(Machine) }.Select(type => $"{type.Module.ModuleVersionId:N}"[..8]))}";

    /// <summary>The runtime: <c>.NET 10.0.12</c>.</summary>
    public static string Runtime => RuntimeInformation.FrameworkDescription;

    /// <summary>The processor's architecture: <c>x64</c>.</summary>
    public static string Architecture => RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The processors: <c>8 cores</c>, or <c>8 cores with 16 threads</c> where each shows as two.</summary>
    public static string Cores => CoresOf(ProcessorCores.Physical, Environment.ProcessorCount);

    /// <summary>Cores, and the threads that they show as if these are more.</summary>
    public static string CoresOf(int cores, int threads) => $"{cores} core{(cores == 1 ? "" : "s")}{(threads > cores ? $" with {threads} threads" : "")}";

    /// <summary>The tiers that this machine supports in hardware, widest first, then the reference.</summary>
    public static IEnumerable<KernelTier> Tiers => Enum.GetValues<KernelTier>().Where(tier => tier <= KernelSet.BestTier).OrderDescending();

    /// <summary>The common name of a tier: <c>AVX-512</c>.</summary>
    public static string NameOf(KernelTier tier) => (tier, IsX86) switch
    {
        (KernelTier.Reference, _) => "scalar reference",
        (KernelTier.Vector128, true) => Fused.IsHardwareAccelerated ? "SSE" : "SSE without FMA",
        (KernelTier.Vector128, false) => "AdvSimd",
        (KernelTier.Vector256, true) => "AVX2",
        (KernelTier.Vector512, true) => "AVX-512",
        _ => tier.ToString(),
    };

    /// <summary>Why this process computes several times slower than it could, or null: no multiply-add in hardware.</summary>
    public static string? Slowness => Fused.IsHardwareAccelerated ? null
        : "This process sees no fused multiply-add (FMA) in the processor, so it is computed in software: the same bits, several times slower. "
            + (RuntimeSwitch() is { } found ? $"{found} hides it; leave it out." : "A virtual machine often hides it: give it the CPU model of its host.");

    /// <summary>The variable that keeps the runtime from using FMA: <c>DOTNET_EnableAVX2=0</c>.</summary>
    private static string? RuntimeSwitch() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Where(variable => $"{variable.Value}" == "0" && $"{variable.Key}" is "DOTNET_EnableAVX2" or "DOTNET_EnableAVX" or "DOTNET_EnableHWIntrinsic" or "DOTNET_EnableFMA")
        .Select(variable => $"{variable.Key}={variable.Value}")
        .Order(StringComparer.Ordinal).FirstOrDefault();

    private static bool IsX86 => RuntimeInformation.ProcessArchitecture is System.Runtime.InteropServices.Architecture.X64 or System.Runtime.InteropServices.Architecture.X86;

    private static string ShortVersion()
    {
        int plus = FullVersion.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 || FullVersion.Length <= plus + 8 ? FullVersion : FullVersion[..(plus + 8)];
    }
}
