namespace ConvNN.Model.Options;

/// <summary>The types of a section of the configuration, whatever they are.</summary>
/// <param name="Path">Where the section is: <c>Training:Optimizer</c>.</param>
/// <param name="All">The types; asked each time, since a program may add its own.</param>
/// <param name="Read">Reads a section into the options that have it, and adds what is wrong to the failures.</param>
public sealed record SectionTypes(
    string Path, Func<IReadOnlyList<TypeDefinition>> All, Func<object, IReadOnlyDictionary<string, string>, ICollection<Failure>, object> Read);
