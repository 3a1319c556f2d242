using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace ConvNN.Dashboard;

/// <summary>
/// Finds ASP.NET Core when the first page is served. The program asks for .NET's runtime only, so that it starts where nothing else is
/// installed, and as fast; a self-contained program has the libraries in itself.
/// </summary>
internal static class AspNetCore
{
    private const string Framework = "Microsoft.AspNetCore.App";

    private static readonly Lazy<string?> Folder = new(Find);

    /// <summary>Makes sure that ASP.NET Core can be loaded.</summary>
    /// <exception cref="WebServerException">It is not installed.</exception>
    public static void Require()
    {
        try
        {
            _ = Assembly.Load("Microsoft.AspNetCore.Server.Kestrel.Core");
            return;
        }
        catch (FileNotFoundException)
        {
        }

        if (Folder.Value is not { } folder)
        {
            throw new WebServerException(
                $"pages need the ASP.NET Core runtime {Environment.Version.Major}.{Environment.Version.Minor}, which is not installed beside {RuntimeEnvironment.GetRuntimeDirectory()}; "
                + $"install it (aspnetcore-runtime-{Environment.Version.Major}.{Environment.Version.Minor}), or leave the page out.");
        }

        AssemblyLoadContext.Default.Resolving += (context, name) => Load(context, Path.Combine(folder, $"{name.Name}.dll"));
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A trimmed program is self-contained, and has these libraries in itself.")]
    private static Assembly? Load(AssemblyLoadContext context, string path) => File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;

    /// <summary>The folder of the newest installed version that fits the runtime: <c>shared/Microsoft.AspNetCore.App/10.0.0</c>.</summary>
    private static string? Find()
    {
        DirectoryInfo runtime = new(RuntimeEnvironment.GetRuntimeDirectory());
        DirectoryInfo versions = new(Path.Combine(runtime.FullName, "..", "..", Framework));
        return !versions.Exists ? null : versions.EnumerateDirectories()
            .Select(folder => (folder.FullName, Version: Version.TryParse(folder.Name, out Version? version) ? version : null))
            .Where(found => found.Version is { } version && version.Major == Environment.Version.Major && version.Minor == Environment.Version.Minor)
            .OrderByDescending(found => found.Version).FirstOrDefault().FullName;
    }
}
