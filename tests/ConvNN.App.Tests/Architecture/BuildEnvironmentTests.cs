using System.Diagnostics;

namespace ConvNN.App.Tests.Architecture;

/// <summary>Variables of the environment become properties of a build, whoever set them and for whatever.</summary>
public class BuildEnvironmentTests
{
    [Theory]
    [InlineData("ConvNN.sln", "-target:ValidateSolutionConfiguration", "")]
    [InlineData("ConvNN.csproj", "-getProperty:OutputPath", "bin/Release/net10.0/")]
    [InlineData("ConvNN.csproj", "-getProperty:Version", "0.1.0")]
    [InlineData("samples/Original/Original.csproj", "-getProperty:Version", "1.0.0")]
    public async Task Build_VariablesOfOtherPrograms_ChangeNothing(string file, string argument, string expected)
    {
        ProcessStartInfo start = new(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["msbuild", file, argument, "-nologo", "-verbosity:minimal", "-nodeReuse:false"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        start.Environment["Platform"] = "MCD";      // some laptops
        start.Environment["VERSION"] = "latest";    // some containers
        start.Environment.Remove("Configuration");
        using Process build = Process.Start(start)!;

        string output = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, expected), (build.ExitCode, output.Trim().Replace('\\', '/')));
    }
}
