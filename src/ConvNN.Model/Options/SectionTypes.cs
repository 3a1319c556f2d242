namespace ConvNN.Model.Options;

/// <summary>The types that a configuration section can choose from, without their generic type.</summary>
/// <param name="Path">Where the section is: <c>Training:Optimizer</c>.</param>
/// <param name="All">Returns the types; called each time, since a program may add its own.</param>
/// <param name="Read">Reads the section into the options that contain it, and adds any failures.</param>
public sealed record SectionTypes(
    string Path, Func<IReadOnlyList<TypeDefinition>> All, Func<object, IReadOnlyDictionary<string, string>, ICollection<Failure>, object> Read);
