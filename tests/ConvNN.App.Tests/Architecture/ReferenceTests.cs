using ConvNN.Data;
using ConvNN.Formats;
using ConvNN.Kernels;
using ConvNN.Model.Networks;
using ConvNN.Training;

namespace ConvNN.App.Tests.Architecture;

/// <summary>References go one way: Kernels ← Model ← Data, Formats ← Training ← the program.</summary>
public class ReferenceTests
{
    public static TheoryData<Type, string[]> Assemblies() => new()
    {
        { typeof(KernelSet), [] },
        { typeof(Network), ["ConvNN.Kernels"] },
        { typeof(ImageDataset), ["ConvNN.Kernels", "ConvNN.Model"] },
        { typeof(Classifier), ["ConvNN.Kernels", "ConvNN.Model"] },
        { typeof(Trainer), ["ConvNN.Kernels", "ConvNN.Model", "ConvNN.Data", "ConvNN.Formats"] },
    };

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Assembly_ReferencesOnlyWhatLiesBelow(Type inside, string[] allowed) =>
        Assert.Subset(
            new HashSet<string>(allowed),
            inside.Assembly.GetReferencedAssemblies()
                .Select(name => name.Name!)
                .Where(name => name.StartsWith("ConvNN", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal))
                .ToHashSet());
}
