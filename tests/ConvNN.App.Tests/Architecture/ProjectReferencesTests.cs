using System.Xml.Linq;

namespace ConvNN.App.Tests.Architecture;

/// <summary>References go one way: Files, Kernels ← Model ← Pictures ← Data, Formats ← Training ← Cluster ← App.</summary>
public class ProjectReferencesTests
{
    /// <summary>Each library with the ones that it may know. A new project takes its place here.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["ConvNN.Files"] = [],
        ["ConvNN.Dashboard"] = [],
        ["ConvNN.Kernels"] = [],
        ["ConvNN.Model"] = ["ConvNN.Files", "ConvNN.Kernels"],
        ["ConvNN.Pictures"] = ["ConvNN.Files", "ConvNN.Model"],
        ["ConvNN.Data"] = ["ConvNN.Files", "ConvNN.Kernels", "ConvNN.Model", "ConvNN.Pictures"],
        ["ConvNN.Formats"] = ["ConvNN.Files", "ConvNN.Kernels", "ConvNN.Model", "ConvNN.Pictures"],
        ["ConvNN.Training"] = ["ConvNN.Files", "ConvNN.Kernels", "ConvNN.Model", "ConvNN.Pictures", "ConvNN.Data", "ConvNN.Formats"],
        ["ConvNN.Cluster"] = ["ConvNN.Model", "ConvNN.Training"],
    };

    public static TheoryData<string> Projects { get; } = [.. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(file => Path.GetRelativePath(Repository.Root, file))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectReferences_Library_KnowsOnlyThoseBelowIt(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        XDocument file = XDocument.Load(Path.Combine(Repository.Root, project));
        string[] references = [.. Included(file, "ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')))];

        Assert.True(Allowed.ContainsKey(name), $"{name} has no line in {nameof(Allowed)}.");
        Assert.All(references, reference => Assert.True(Allowed[name].Contains(reference), $"{name} must not refer to {reference}."));
        Assert.DoesNotContain(Included(file, "PackageReference"), package => package.StartsWith("Microsoft.Extensions", StringComparison.Ordinal));
    }

    [Fact]
    public void Projects_Libraries_AreFound() => Assert.Contains(Path.Combine("src", "ConvNN.Kernels", "ConvNN.Kernels.csproj"), Projects.Select(row => row.Data));

    private static IEnumerable<string> Included(XDocument project, string item) => project.Descendants(item).Select(reference => reference.Attribute("Include")!.Value);
}
