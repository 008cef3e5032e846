/**
 * The labour market of the simulator. Every figure, list and name combination in this file is invented, to be plausible
 * and easy to read. Nothing here was taken from PayScale or from any survey, and nothing here reflects actual earnings.
 */

export interface Degree {
  /** As the service spells it, case-sensitive. */
  name: string;
  /** Steps above secondary school; null for Any. */
  level: number | null;
}

export const degrees: readonly Degree[] = [
  { name: 'Any', level: null },
  { name: 'GED or High School Diploma', level: 0 },
  { name: "Associate's Degree", level: 1 },
  { name: "Bachelor's Degree", level: 2 },
  { name: "Master's Degree (non-MBA)", level: 3 },
  { name: 'Master of Business Administration (MBA)', level: 3.4 },
  { name: 'Juris Doctor (JD), Master of Jurisprudence, or Master of Law (LLM)', level: 3.7 },
  { name: 'Doctorate (PhD)', level: 4 },
  { name: 'Doctor of Medicine (MD)', level: 4.6 },
];

/** Extra pay: the percentage of people who get any, and its typical size in percent of base pay. */
export interface ExtraPay {
  reporting: number;
  ofBase: number;
}

export interface Trade {
  /** Percent of pay that a step of education adds. */
  degreePremium: number;
  /** Standard deviation of the logarithm of pay: 0.2 is narrow, 0.4 wide. */
  spread: number;
  bonus: ExtraPay | null;
  commission: ExtraPay | null;
  profitShare: ExtraPay | null;
}

export const trades = {
  software: trade(3, 0.27, extra(46, 7), null, extra(18, 3.5)),
  data: trade(5, 0.27, extra(48, 8), null, extra(16, 3.5)),
  infrastructure: trade(2.5, 0.26, extra(38, 5), null, extra(14, 3)),
  engineering: trade(4, 0.23, extra(42, 6), null, extra(20, 4)),
  health: trade(4.5, 0.22, extra(14, 3), null, null),
  medicine: trade(5, 0.3, extra(30, 9), null, extra(8, 8)),
  trades: trade(1.5, 0.25, extra(26, 4), extra(4, 6), extra(9, 4)),
  education: trade(5.5, 0.24, extra(8, 2), null, null),
  finance: trade(4.5, 0.29, extra(58, 9), extra(6, 12), extra(17, 5)),
  hospitality: trade(2, 0.24, extra(24, 4), extra(3, 5), extra(6, 3)),
  logistics: trade(2.5, 0.25, extra(30, 5), extra(2, 6), extra(10, 3.5)),
  law: trade(5, 0.33, extra(36, 8), null, extra(8, 6)),
  publicService: trade(3.5, 0.22, extra(6, 2), null, null),
  science: trade(6, 0.25, extra(30, 5), null, extra(9, 4)),
  creative: trade(2.5, 0.28, extra(22, 4), extra(4, 7), extra(7, 4)),
  retail: trade(2.5, 0.26, extra(32, 6), extra(20, 12), extra(8, 4)),
  sales: trade(3, 0.34, extra(48, 11), extra(62, 24), extra(10, 5)),
  business: trade(4.5, 0.26, extra(44, 7), null, extra(14, 4)),
  care: trade(2.5, 0.2, extra(7, 2), null, null),
} satisfies Record<string, Trade>;

export interface JobTitle {
  title: string;
  trade: keyof typeof trades;
  /** Median base pay in the United States after six years, in US dollars per year. */
  pay: number;
  /** Growth of pay in the first year of experience, in percent; it slows from there. */
  growth: number;
  /** Profiles in the United States. Under 1,500 is a rare title. */
  profiles: number;
  /** The usual level of education; see `degrees`. */
  degree: number;
  aliases: readonly string[];
  /** Percent that knowing it adds to pay; may be negative. */
  skills: Readonly<Record<string, number>>;
  certifications: Readonly<Record<string, number>>;
  tasks: readonly string[];
}

// prettier-ignore
export const jobTitles: readonly JobTitle[] = [
  // Software
  job('Software Developer', 'software', 94_000, 4.4, 41_000, 2, ['Software Engineer', 'Programmer', 'Application Developer'],
    { Python: 4, Java: 2.5, JavaScript: 1, 'C#': 1.5, SQL: 0.5, TypeScript: 3.5, Kubernetes: 7, 'Amazon Web Services (AWS)': 6 },
    { 'AWS Certified Developer': 4, 'Certified Scrum Developer': 2 },
    ['Write and review code for new features.', 'Find and repair defects.', 'Agree on designs with product and operations.']),
  job('Senior Software Developer', 'software', 121_000, 2.9, 26_000, 2, ['Senior Software Engineer'],
    { Python: 3.5, Java: 2.5, 'Software Architecture': 6, 'Amazon Web Services (AWS)': 5, Kubernetes: 6, Leadership: 4 },
    { 'AWS Certified Solutions Architect': 5 },
    ['Lead the design of services.', 'Mentor developers.', 'Own the quality of releases.']),
  job('Front End Developer', 'software', 82_000, 4.3, 14_000, 2, ['Frontend Engineer', 'UI Developer'],
    { JavaScript: 1.5, TypeScript: 4, React: 4.5, CSS: -1, HTML: -2, 'Web Accessibility': 3 }, {},
    ['Build user interfaces for browsers.', 'Measure and improve page speed.', 'Work with designers on components.']),
  job('Web Developer', 'software', 69_000, 3.9, 16_000, 2, ['Website Developer'],
    { JavaScript: 3, PHP: 1, HTML: -2, CSS: -1.5, WordPress: -4, SQL: 2 }, { 'Certified Web Professional': 2 },
    ['Build and maintain web sites.', 'Connect forms, shops and databases.', 'Keep sites secure and up to date.']),
  job('Mobile Developer', 'software', 97_000, 4.4, 7_200, 2, ['iOS Developer', 'Android Developer', 'Mobile App Developer'],
    { Swift: 4, Kotlin: 4.5, 'React Native': 2, Java: 1, 'REST APIs': 1.5 }, {},
    ['Build applications for telephones and tablets.', 'Publish releases to stores.', 'Keep an eye on crashes and battery use.']),
  job('DevOps Engineer', 'infrastructure', 107_000, 4.2, 9_400, 2, ['Site Reliability Engineer', 'Platform Engineer'],
    { Kubernetes: 6, Terraform: 5, 'Amazon Web Services (AWS)': 4, Linux: 1.5, Python: 3, Docker: 2 },
    { 'Certified Kubernetes Administrator': 5, 'AWS Certified DevOps Engineer': 6 },
    ['Automate building and releasing.', 'Watch over production systems.', 'Write and rehearse recovery plans.']),
  job('Quality Assurance Engineer', 'software', 78_000, 3.6, 11_000, 2, ['Software Tester', 'QA Analyst', 'Test Engineer'],
    { 'Test Automation': 5, Selenium: 3, SQL: 1, Python: 3.5, 'Manual Testing': -4 }, { 'ISTQB Foundation Level': 2 },
    ['Plan and automate tests.', 'Report defects so that they can be repeated.', 'Decide with the team when to release.']),
  job('Software Architect', 'software', 146_000, 2.4, 6_100, 2, ['Solutions Architect', 'Application Architect'],
    { 'Software Architecture': 3, 'Microsoft Azure': 4, 'Amazon Web Services (AWS)': 5, Java: 1.5, Leadership: 3 },
    { 'AWS Certified Solutions Architect': 4, 'TOGAF Certified': 4 },
    ['Choose structures and technologies.', 'Review designs across teams.', 'Keep a record of decisions.']),
  job('Embedded Software Engineer', 'software', 98_000, 4.0, 4_800, 2, ['Firmware Engineer'],
    { 'C++': 3, C: 2, 'Real-Time Operating Systems': 5, Python: 2, Linux: 2 }, {},
    ['Write software for devices.', 'Bring up new boards.', 'Measure timing and power.']),
  job('Engineering Manager', 'software', 158_000, 2.2, 7_900, 2, ['Software Development Manager', 'Software Engineering Manager'],
    { Leadership: 3, 'People Management': 4, 'Agile Software Development': 1, 'Software Architecture': 4 },
    { 'Certified ScrumMaster': 1 },
    ['Hire and develop engineers.', 'Plan the work of teams.', 'Answer for delivery and quality.']),
  // Data and infrastructure
  job('Data Scientist', 'data', 108_000, 4.6, 12_000, 3, ['Machine Learning Scientist'],
    { Python: 3, 'Machine Learning': 5, SQL: 1, R: 0.5, 'Deep Learning': 8, Statistics: 2 },
    { 'TensorFlow Developer': 3 },
    ['Frame questions and find data for them.', 'Build and check models.', 'Explain results to those who decide.']),
  job('Data Analyst', 'data', 68_000, 4.2, 22_000, 2, ['Data Analytics Specialist', 'Reporting Analyst'],
    { SQL: 4, Python: 6, Tableau: 3, 'Microsoft Excel': -2, 'Power BI': 2.5, Statistics: 3 },
    { 'Microsoft Certified: Power BI Data Analyst': 3 },
    ['Prepare and question data.', 'Build reports and dashboards.', 'Look after the meaning of figures.']),
  job('Data Engineer', 'data', 104_000, 4.4, 9_800, 2, ['Big Data Engineer', 'ETL Developer'],
    { Python: 3, SQL: 1, 'Apache Spark': 6, Airflow: 4, 'Amazon Web Services (AWS)': 4.5 },
    { 'Google Cloud Professional Data Engineer': 5 },
    ['Build pipelines and stores of data.', 'Watch the quality of data.', 'Keep costs of computing in hand.']),
  job('Machine Learning Engineer', 'data', 126_000, 4.8, 5_200, 3, ['AI Engineer'],
    { Python: 2, 'Deep Learning': 6, 'Machine Learning': 2, Kubernetes: 4, 'C++': 4 }, { 'TensorFlow Developer': 2 },
    ['Put models into production.', 'Measure models on live data.', 'Make training fast and repeatable.']),
  job('Database Administrator', 'infrastructure', 88_000, 3.2, 8_100, 2, ['DBA', 'Database Manager'],
    { SQL: 0.5, Oracle: 4, PostgreSQL: 3.5, 'Performance Tuning': 4, Linux: 2 }, { 'Oracle Certified Professional': 5 },
    ['Install and upgrade databases.', 'Back up, and prove that it can be restored.', 'Tune slow queries.']),
  job('Systems Administrator', 'infrastructure', 71_000, 3.3, 17_000, 1, ['System Administrator', 'Sysadmin'],
    { Linux: 4, 'Windows Server': 0.5, VMware: 3, PowerShell: 4, Networking: 1 },
    { 'CompTIA Security+': 3, 'Red Hat Certified Engineer': 7 },
    ['Look after servers and accounts.', 'Apply updates.', 'Help when things stand still.']),
  job('Network Engineer', 'infrastructure', 84_000, 3.6, 12_000, 2, ['Network Administrator'],
    { Cisco: 2.5, Routing: 2, Firewalls: 3.5, Python: 5, 'Network Security': 4 },
    { 'Cisco Certified Network Associate (CCNA)': 2, 'Cisco Certified Internetwork Expert (CCIE)': 15 },
    ['Plan and build networks.', 'Find faults between places.', 'Document addresses and lines.']),
  job('Information Security Analyst', 'infrastructure', 87_000, 4.2, 9_600, 2, ['Cyber Security Analyst', 'Security Analyst'],
    { 'Network Security': 2, 'Incident Response': 4, 'Risk Assessment': 3, Python: 4.5, Firewalls: 1 },
    { 'Certified Information Systems Security Professional (CISSP)': 13, 'CompTIA Security+': 2 },
    ['Watch for attacks and answer them.', 'Test and harden systems.', 'Teach people careful habits.']),
  job('IT Support Specialist', 'infrastructure', 52_000, 3.1, 24_000, 1, ['Help Desk Technician', 'Desktop Support Technician'],
    { Troubleshooting: 1, 'Active Directory': 3.5, 'Customer Service': -2, Networking: 4, 'Windows Server': 5 },
    { 'CompTIA A+': 2, 'CompTIA Network+': 4 },
    ['Answer questions of users.', 'Set up computers and accounts.', 'Keep a record of requests.']),
  job('Product Manager', 'business', 104_000, 4.0, 15_000, 2, ['Digital Product Manager'],
    { 'Product Strategy': 5, 'User Research': 2, SQL: 3.5, 'Agile Software Development': 1.5, Roadmapping: 2 },
    { 'Certified Scrum Product Owner': 3 },
    ['Decide what is built next, and why.', 'Talk with customers.', 'Measure whether it helped.']),
  job('Product Designer', 'creative', 96_000, 3.9, 8_400, 2, ['UX Designer', 'User Experience Designer', 'UI Designer'],
    { Figma: 1.5, 'User Research': 4, Prototyping: 2, 'Design Systems': 5, 'Web Accessibility': 3 }, {},
    ['Sketch, try out and refine products.', 'Watch people use them.', 'Look after a design system.']),
  // Engineering
  job('Mechanical Engineer', 'engineering', 81_000, 3.4, 19_000, 2, ['Mechanical Design Engineer'],
    { SolidWorks: 0.5, 'Finite Element Analysis': 5, AutoCAD: -1.5, 'Project Management': 4, MATLAB: 3 },
    { 'Professional Engineer (PE)': 9 },
    ['Design parts and machines.', 'Calculate and test them.', 'Follow them into manufacture.']),
  job('Electrical Engineer', 'engineering', 86_000, 3.5, 14_000, 2, ['Electronics Engineer'],
    { 'Circuit Design': 2.5, MATLAB: 2, 'Power Systems': 4, AutoCAD: -1, 'PLC Programming': 2.5 },
    { 'Professional Engineer (PE)': 10 },
    ['Design circuits and installations.', 'Test prototypes.', 'Write specifications.']),
  job('Civil Engineer', 'engineering', 79_000, 3.5, 16_000, 2, ['Structural Engineer'],
    { AutoCAD: 0, 'Civil 3D': 1.5, 'Project Management': 5, 'Structural Analysis': 3, 'Stormwater Management': 2 },
    { 'Professional Engineer (PE)': 13 },
    ['Design roads, bridges and drains.', 'Check works on site.', 'Prepare permits.']),
  job('Chemical Engineer', 'engineering', 89_000, 3.6, 3_900, 2, ['Process Engineer'],
    { 'Process Simulation': 5, 'Process Improvement': 2, MATLAB: 2, 'Six Sigma': 4 },
    { 'Professional Engineer (PE)': 8, 'Six Sigma Green Belt': 3 },
    ['Design and improve processes.', 'Plan trials.', 'Keep plants safe.']),
  job('Industrial Engineer', 'engineering', 77_000, 3.4, 6_700, 2, ['Manufacturing Engineer'],
    { 'Lean Manufacturing': 3, 'Six Sigma': 4, 'Process Improvement': 1, SQL: 4.5 }, { 'Six Sigma Black Belt': 8 },
    ['Measure and improve the flow of work.', 'Plan lines and layouts.', 'Work out costs.']),
  job('Aerospace Engineer', 'engineering', 97_000, 3.6, 2_600, 2, ['Aeronautical Engineer'],
    { MATLAB: 3, 'Finite Element Analysis': 4, 'Systems Engineering': 5, 'C++': 3 }, {},
    ['Design parts of aircraft.', 'Plan and read tests.', 'Prepare certification.']),
  job('Petroleum Engineer', 'engineering', 128_000, 3.9, 980, 2, ['Reservoir Engineer'],
    { 'Reservoir Simulation': 6, 'Drilling Operations': 3, 'Data Analysis': 2 }, { 'Professional Engineer (PE)': 6 },
    ['Estimate reserves.', 'Plan wells.', 'Follow production.']),
  // Health and medicine
  job('Registered Nurse', 'health', 76_000, 1.9, 52_000, 2, ['RN', 'Staff Nurse', 'Nurse'],
    { 'Intensive Care Unit (ICU)': 4, 'Emergency Care': 3, 'Patient Education': 0, 'Acute Care': 2, Telemetry: 1, 'Labor and Delivery': 2.5 },
    { 'Advanced Cardiac Life Support (ACLS)': 2.5, 'Certified Emergency Nurse': 5, 'Basic Life Support (BLS)': 0 },
    ['Assess and look after patients.', 'Give medicines.', 'Teach patients and families.']),
  job('Licensed Practical Nurse', 'health', 54_000, 1.5, 18_000, 1, ['LPN', 'Vocational Nurse'],
    { 'Wound Care': 2, Geriatrics: 1, 'IV Therapy': 3.5, 'Medication Administration': 0.5 }, { 'Basic Life Support (BLS)': 0 },
    ['Give basic care.', 'Measure and record vital signs.', 'Help with medicines.']),
  job('Nurse Practitioner', 'health', 114_000, 1.6, 11_000, 3, ['Advanced Practice Nurse'],
    { 'Primary Care': 0, 'Psychiatric Care': 6, 'Acute Care': 4, Prescribing: 1 }, { 'Family Nurse Practitioner': 1 },
    ['Examine, diagnose and treat.', 'Prescribe.', 'Refer to specialists.']),
  job('Physician Assistant', 'medicine', 112_000, 1.7, 7_400, 3, ['Physician Associate'],
    { 'Emergency Care': 5, Surgery: 6, 'Primary Care': -2, Dermatology: 7 }, { 'PA-C': 1 },
    ['Examine patients.', 'Order and read tests.', 'Assist in surgery.']),
  job('Family Physician', 'medicine', 208_000, 1.4, 4_600, 4.6, ['General Practitioner', 'Family Doctor'],
    { 'Primary Care': 0, 'Urgent Care': 4, Obstetrics: 5 }, { 'Board Certified in Family Medicine': 5 },
    ['See patients of every age.', 'Follow long illnesses.', 'Refer and coordinate.']),
  job('Pharmacist', 'health', 122_000, 1.1, 9_200, 4, ['Staff Pharmacist'],
    { 'Clinical Pharmacy': 3, Compounding: 1.5, 'Retail Pharmacy': -1, 'People Management': 4 },
    { 'Board Certified Pharmacotherapy Specialist': 4 },
    ['Check and dispense prescriptions.', 'Advise on medicines.', 'Supervise technicians.']),
  job('Physical Therapist', 'health', 83_000, 1.7, 10_500, 4, ['Physiotherapist'],
    { Orthopedics: 2, 'Sports Medicine': 1.5, 'Home Care': 6, Geriatrics: 3 }, { 'Orthopedic Clinical Specialist': 5 },
    ['Assess movement and pain.', 'Plan and guide exercise.', 'Record progress.']),
  job('Occupational Therapist', 'health', 80_000, 1.6, 6_900, 3, [],
    { Pediatrics: -1, 'Home Care': 6, Rehabilitation: 1.5 }, { 'Certified Hand Therapist': 7 },
    ['Help people back to daily tasks.', 'Adapt homes and tools.', 'Work with families.']),
  job('Dental Hygienist', 'health', 75_000, 1.3, 7_100, 1, [],
    { 'Dental Radiography': 0.5, 'Local Anesthesia': 4, 'Patient Education': 0 }, { 'Basic Life Support (BLS)': 0 },
    ['Clean teeth and take X-rays.', 'Look for disease.', 'Teach care at home.']),
  job('Medical Assistant', 'care', 38_500, 2.0, 26_000, 1, ['Clinical Assistant'],
    { Phlebotomy: 2, 'Electronic Medical Records': 1.5, 'Vital Signs': 0, 'Patient Scheduling': 0.5 },
    { 'Certified Medical Assistant': 4 },
    ['Prepare patients and rooms.', 'Draw blood.', 'Keep records.']),
  job('Radiologic Technologist', 'health', 66_000, 1.9, 8_000, 1, ['X-Ray Technician', 'Radiographer'],
    { 'Computed Tomography (CT)': 7, 'Magnetic Resonance Imaging (MRI)': 9, 'X-Ray': -1 }, { 'ARRT Registered Technologist': 3 },
    ['Position patients and take images.', 'Guard against radiation.', 'Look after machines.']),
  job('Veterinarian', 'medicine', 106_000, 1.9, 2_900, 4.6, ['Vet', 'Veterinary Surgeon'],
    { Surgery: 5, 'Emergency Care': 7, Dentistry: 2 }, {},
    ['Examine and treat animals.', 'Operate.', 'Advise owners.']),
  job('Paramedic', 'care', 49_000, 2.1, 8_800, 1, ['Emergency Medical Technician', 'EMT'],
    { 'Advanced Life Support': 4, 'Emergency Care': 1, 'Patient Transport': -2 }, { 'National Registry Paramedic': 5 },
    ['Answer emergency calls.', 'Treat on the way.', 'Hand over to hospitals.']),
  job('Home Health Aide', 'care', 31_000, 1.0, 21_000, 0, ['Caregiver', 'Personal Care Aide', 'Care Assistant'],
    { 'Elder Care': 1, 'Dementia Care': 3, 'Meal Preparation': -1, Driving: 1 }, { 'Certified Nursing Assistant': 5 },
    ['Help with washing and dressing.', 'Cook and tidy.', 'Notice changes and report them.']),
  // Trades
  job('Electrician', 'trades', 61_000, 3.3, 21_000, 0, ['Journeyman Electrician', 'Maintenance Electrician'],
    { 'Electrical Wiring': 0, 'PLC Programming': 8, 'Blueprint Reading': 2.5, Troubleshooting: 3, 'Solar Installation': 1.5 },
    { 'Journeyman Electrician License': 9, 'Master Electrician License': 17, 'OSHA 30-Hour': 2 },
    ['Install wiring and switchboards.', 'Find and repair faults.', 'Test to the code.']),
  job('Plumber', 'trades', 59_000, 3.1, 13_000, 0, ['Pipefitter'],
    { 'Pipe Fitting': 2, 'Blueprint Reading': 3, 'Gas Fitting': 5, 'Customer Service': 1 }, { 'Master Plumber License': 14 },
    ['Install pipes and fixtures.', 'Repair leaks.', 'Test for pressure.']),
  job('Carpenter', 'trades', 53_000, 2.8, 15_000, 0, ['Joiner', 'Finish Carpenter'],
    { 'Finish Carpentry': 3, Framing: 0.5, 'Blueprint Reading': 3.5, Cabinetmaking: 2 }, { 'OSHA 10-Hour': 1 },
    ['Build frames, stairs and doors.', 'Read drawings.', 'Repair old work.']),
  job('Welder', 'trades', 48_000, 2.7, 14_000, 0, ['Welder Fabricator'],
    { 'TIG Welding': 6, 'MIG Welding': 0, 'Pipe Welding': 11, 'Blueprint Reading': 3 }, { 'AWS Certified Welder': 5 },
    ['Join metal to drawings.', 'Prepare and finish edges.', 'Check welds.']),
  job('HVAC Technician', 'trades', 57_000, 3.2, 11_000, 0, ['Heating and Cooling Technician', 'Refrigeration Mechanic'],
    { Refrigeration: 4, Troubleshooting: 3, 'Sheet Metal': 1, 'Boiler Systems': 4 }, { 'EPA 608 Universal': 3, NATE: 5 },
    ['Install heating and cooling.', 'Service it by season.', 'Find leaks and faults.']),
  job('Automotive Mechanic', 'trades', 47_000, 2.7, 17_000, 0, ['Auto Mechanic', 'Car Mechanic', 'Automotive Technician'],
    { Diagnostics: 5, 'Brake Systems': 0, 'Engine Repair': 3, 'Electric Vehicles': 6 }, { 'ASE Master Technician': 13 },
    ['Find out what is wrong.', 'Repair and replace parts.', 'Test drive.']),
  job('Machinist', 'trades', 52_000, 2.7, 9_000, 0, ['CNC Machinist'],
    { 'CNC Programming': 6, 'Blueprint Reading': 1, 'Geometric Dimensioning and Tolerancing': 3, Mastercam: 5 }, { 'NIMS Machining Level I': 3 },
    ['Set up and run machine tools.', 'Measure parts.', 'Change programs.']),
  job('Construction Manager', 'trades', 88_000, 2.8, 9_700, 2, ['Construction Project Manager', 'Site Manager'],
    { Scheduling: 1, Estimating: 3, 'Contract Negotiation': 5, 'Project Management': 2 },
    { 'Project Management Professional (PMP)': 6, 'OSHA 30-Hour': 1 },
    ['Plan and lead building sites.', 'Watch cost and time.', 'Answer for safety.']),
  job('Elevator Mechanic', 'trades', 91_000, 2.9, 720, 0, ['Lift Engineer'],
    { Hydraulics: 3, 'Electrical Wiring': 2, Troubleshooting: 3 }, { 'Certified Elevator Technician': 5 },
    ['Install and service elevators.', 'Free people who are stuck.', 'Inspect by the rules.']),
  // Education
  job('Elementary School Teacher', 'education', 54_000, 2.1, 29_000, 2, ['Primary School Teacher', 'Grade School Teacher'],
    { 'Classroom Management': 0, 'Curriculum Planning': 2, 'Special Education': 1.5, 'English as a Second Language': 1 },
    { 'State Teaching License': 4 },
    ['Plan and teach lessons.', 'Follow the progress of children.', 'Speak with parents.']),
  job('High School Teacher', 'education', 58_000, 2.2, 25_000, 2, ['Secondary School Teacher'],
    { Mathematics: 2, 'Classroom Management': 0, 'Curriculum Planning': 2, Science: 1.5 }, { 'State Teaching License': 4 },
    ['Teach a subject.', 'Set and mark examinations.', 'Advise pupils.']),
  job('Special Education Teacher', 'education', 56_000, 2.1, 10_000, 2, [],
    { 'Individualized Education Programs (IEP)': 1, 'Behavior Management': 2, Autism: 2 }, { 'State Teaching License': 4 },
    ['Write plans for each pupil.', 'Teach alone and beside others.', 'Work with families.']),
  job('Professor', 'education', 92_000, 2.4, 7_300, 4, ['University Lecturer', 'Associate Professor'],
    { Research: 3, 'Grant Writing': 4, 'Curriculum Planning': 0.5, Statistics: 3 }, {},
    ['Teach and examine.', 'Do research and publish.', 'Guide doctoral students.']),
  job('Librarian', 'education', 59_000, 1.8, 4_900, 3, ['Library Manager'],
    { Cataloging: 0, 'Digital Collections': 4, Research: 2, 'Customer Service': -2 }, {},
    ['Choose and order collections.', 'Help people find things.', 'Hold events.']),
  job('School Counselor', 'education', 60_000, 1.8, 5_300, 3, ['Guidance Counselor'],
    { Counseling: 0, 'Crisis Intervention': 2, 'College Admissions': 2 }, { 'National Certified Counselor': 3 },
    ['Advise pupils.', 'Help in a crisis.', 'Plan the way after school.']),
  // Finance and business
  job('Accountant', 'finance', 61_000, 3.2, 33_000, 2, ['Staff Accountant', 'General Accountant'],
    { 'General Ledger': 0, 'Financial Reporting': 3, 'Microsoft Excel': 0.5, 'Tax Compliance': 2, SAP: 4 },
    { 'Certified Public Accountant (CPA)': 12, 'Certified Management Accountant (CMA)': 7 },
    ['Keep and close the books.', 'Prepare statements.', 'Answer auditors.']),
  job('Financial Analyst', 'finance', 70_000, 3.9, 24_000, 2, ['Finance Analyst'],
    { 'Financial Modeling': 5, 'Microsoft Excel': -1, SQL: 4, Forecasting: 2, 'Financial Reporting': 1 },
    { 'Chartered Financial Analyst (CFA)': 14 },
    ['Build budgets and forecasts.', 'Explain what differs.', 'Weigh investments.']),
  job('Auditor', 'finance', 66_000, 3.9, 9_400, 2, ['Internal Auditor'],
    { 'Internal Controls': 2, 'Risk Assessment': 3, SAP: 4 }, { 'Certified Internal Auditor (CIA)': 9, 'Certified Public Accountant (CPA)': 8 },
    ['Plan audits by risk.', 'Test controls.', 'Write findings.']),
  job('Actuary', 'finance', 108_000, 5.4, 1_300, 2, ['Actuarial Analyst'],
    { SQL: 1.5, R: 3, 'Risk Assessment': 2, Python: 3.5 }, { 'Fellow of the Society of Actuaries (FSA)': 24 },
    ['Put a price on risk.', 'Set reserves.', 'Report to regulators.']),
  job('Bookkeeper', 'finance', 45_000, 1.9, 15_000, 1, ['Bookkeeping Clerk'],
    { QuickBooks: 0, 'Accounts Payable': -1, Payroll: 2.5, 'Financial Reporting': 5 }, { 'Certified Bookkeeper': 4 },
    ['Record income and expenses.', 'Reconcile accounts.', 'Prepare wages.']),
  job('Loan Officer', 'finance', 55_000, 3.3, 6_200, 2, ['Mortgage Loan Officer'],
    { Underwriting: 3, 'Customer Service': -3, 'Mortgage Lending': 2 }, { 'Mortgage Loan Originator License': 6 },
    ['Advise borrowers.', 'Check applications.', 'Follow loans to closing.']),
  job('Human Resources Manager', 'business', 77_000, 3.1, 18_000, 2, ['HR Manager', 'People Operations Manager'],
    { 'Employee Relations': 1, Recruiting: -1, 'Compensation and Benefits': 5, 'Labor Law': 4 },
    { 'SHRM Certified Professional': 4, 'Senior Professional in Human Resources': 7 },
    ['Advise managers.', 'Hire, and part fairly.', 'Keep policies and pay in order.']),
  job('Recruiter', 'business', 58_000, 3.8, 13_000, 2, ['Talent Acquisition Specialist'],
    { Sourcing: 3, Interviewing: 0, 'Technical Recruiting': 8 }, { 'SHRM Certified Professional': 3 },
    ['Find and speak with candidates.', 'Arrange interviews.', 'Agree offers.']),
  job('Project Manager', 'business', 82_000, 3.2, 37_000, 2, ['Project Lead', 'Program Coordinator'],
    { 'Agile Software Development': 4, 'Risk Management': 3.5, 'Microsoft Project': 0, Budgeting: 2, Leadership: 3, 'Contract Negotiation': 4 },
    { 'Project Management Professional (PMP)': 9, 'Certified ScrumMaster': 4, 'PRINCE2 Practitioner': 4 },
    ['Plan work, time and money.', 'Bring people together.', 'Report what is late, and why.']),
  job('Business Analyst', 'business', 75_000, 3.6, 23_000, 2, ['Business Systems Analyst'],
    { SQL: 4, 'Requirements Analysis': 1.5, 'Process Improvement': 2, Tableau: 3, 'Agile Software Development': 3 },
    { 'Certified Business Analysis Professional': 7 },
    ['Find out what is needed.', 'Describe processes.', 'Test with users.']),
  job('Management Consultant', 'business', 103_000, 4.8, 6_800, 3, ['Strategy Consultant'],
    { 'Strategic Planning': 4, 'Financial Modeling': 5, 'Change Management': 3 }, { 'Project Management Professional (PMP)': 2 },
    ['Study a company and its market.', 'Work out choices.', 'Help to carry them out.']),
  job('Operations Manager', 'business', 73_000, 3.0, 31_000, 2, ['Head of Operations'],
    { 'Process Improvement': 3, Budgeting: 2, 'People Management': 2, 'Supply Chain': 4 }, { 'Six Sigma Black Belt': 8 },
    ['Run the daily business.', 'Set targets.', 'Lead team leaders.']),
  job('Administrative Assistant', 'business', 43_000, 1.9, 36_000, 1, ['Secretary', 'Office Assistant', 'Executive Assistant'],
    { 'Microsoft Office': -1, Scheduling: 0, 'Event Planning': 3, QuickBooks: 2.5 }, { 'Certified Administrative Professional': 4 },
    ['Keep calendars and letters.', 'Prepare meetings.', 'Look after visitors.']),
  job('Customer Service Representative', 'retail', 38_000, 1.8, 34_000, 0, ['Call Center Agent', 'Customer Support Agent'],
    { 'Customer Service': 0, 'Data Entry': -1, Salesforce: 6, Spanish: 3 }, {},
    ['Answer calls and messages.', 'Solve complaints.', 'Record what was agreed.']),
  job('Marketing Manager', 'business', 74_000, 3.8, 22_000, 2, ['Brand Manager'],
    { 'Digital Marketing': 1, 'Search Engine Optimization (SEO)': 2, 'Product Strategy': 5, 'Google Analytics': 2.5 },
    { 'Google Analytics Certification': 2 },
    ['Plan campaigns.', 'Look after a brand.', 'Measure what they bring.']),
  // Sales and retail
  job('Sales Representative', 'sales', 55_000, 3.2, 30_000, 2, ['Account Executive', 'Sales Agent'],
    { Salesforce: 3, Negotiation: 2.5, 'Account Management': 2, 'Cold Calling': -2 }, {},
    ['Find and visit customers.', 'Make and win offers.', 'Keep in touch afterwards.']),
  job('Sales Manager', 'sales', 76_000, 3.0, 21_000, 2, ['Regional Sales Manager'],
    { Leadership: 3, Forecasting: 3, Salesforce: 2.5, 'Account Management': 1 }, {},
    ['Lead a sales team.', 'Set and follow targets.', 'Close the large contracts.']),
  job('Real Estate Agent', 'sales', 52_000, 3.4, 7_600, 1, ['Realtor', 'Estate Agent'],
    { Negotiation: 3, 'Property Valuation': 3, Photography: 0 }, { 'Real Estate License': 4 },
    ['Show and value homes.', 'Bring sides together.', 'Prepare contracts.']),
  job('Insurance Agent', 'sales', 47_000, 3.1, 8_900, 1, ['Insurance Broker'],
    { Underwriting: 4, 'Customer Service': -2, Negotiation: 2 }, { 'Property and Casualty License': 5 },
    ['Advise on cover.', 'Prepare offers.', 'Help with claims.']),
  job('Store Manager', 'retail', 52_000, 2.6, 19_000, 0, ['Retail Store Manager', 'Shop Manager'],
    { Merchandising: 1, 'People Management': 2, 'Inventory Management': 1.5, Budgeting: 3 }, {},
    ['Lead a shop and its people.', 'Order goods.', 'Answer for takings.']),
  job('Cashier', 'retail', 28_500, 1.2, 23_000, 0, ['Checkout Operator'],
    { 'Cash Handling': 0, 'Customer Service': 0.5, 'Inventory Management': 3 }, {},
    ['Take payments.', 'Help customers.', 'Balance the till.']),
  // Hospitality
  job('Chef', 'hospitality', 51_000, 2.9, 12_000, 1, ['Head Chef', 'Sous Chef'],
    { 'Menu Planning': 3, Catering: 1.5, 'Food Safety': 0, Pastry: 2 }, { 'ServSafe Manager': 2.5 },
    ['Plan menus and buy for them.', 'Lead a kitchen.', 'Keep it clean and safe.']),
  job('Cook', 'hospitality', 34_000, 1.7, 20_000, 0, ['Line Cook'],
    { 'Food Preparation': -1, Grilling: 1, 'Food Safety': 0.5 }, { 'ServSafe Food Handler': 1 },
    ['Prepare and cook dishes.', 'Keep the station in order.', 'Watch over stocks.']),
  job('Waiter', 'hospitality', 28_000, 1.4, 14_000, 0, ['Waitress', 'Server', 'Restaurant Server'],
    { 'Customer Service': 0, 'Wine Knowledge': 5, 'Cash Handling': 0 }, {},
    ['Take orders and serve.', 'Advise guests.', 'Bring the bill.']),
  job('Hotel Manager', 'hospitality', 62_000, 3.0, 4_300, 2, ['Hotel General Manager'],
    { 'Revenue Management': 6, Budgeting: 2, 'Customer Service': -1 }, { 'Certified Hotel Administrator': 6 },
    ['Run a hotel.', 'Set prices for rooms.', 'Hear what guests say.']),
  job('Sommelier', 'hospitality', 56_000, 2.8, 640, 0, ['Wine Steward'],
    { 'Wine Knowledge': 1, 'Inventory Management': 3, French: 2 }, { 'Court of Master Sommeliers Certified': 8 },
    ['Choose and buy wine.', 'Advise guests.', 'Train waiters.']),
  // Logistics
  job('Truck Driver', 'logistics', 55_000, 1.6, 22_000, 0, ['Lorry Driver', 'CDL Driver', 'Heavy Goods Driver'],
    { 'Long Haul': 4, 'Forklift Operation': -1, 'Hazardous Materials': 5, Driving: 0 }, { 'Class A CDL': 8 },
    ['Drive goods safely.', 'Check load and vehicle.', 'Keep a log.']),
  job('Warehouse Worker', 'logistics', 36_000, 1.4, 25_000, 0, ['Warehouse Associate', 'Picker Packer'],
    { 'Forklift Operation': 4, 'Inventory Management': 3, Packing: -1 }, { 'Forklift Operator Certificate': 3 },
    ['Pick, pack and load.', 'Count stock.', 'Keep aisles clear.']),
  job('Supply Chain Manager', 'logistics', 89_000, 3.5, 7_700, 2, ['Supply Chain Lead'],
    { 'Supply Chain': 0, SAP: 4, 'Contract Negotiation': 3, Forecasting: 2.5 },
    { 'APICS Certified Supply Chain Professional': 6, 'Six Sigma Black Belt': 6 },
    ['Plan flows of goods.', 'Choose and judge suppliers.', 'Cut cost and delay.']),
  job('Purchasing Agent', 'logistics', 60_000, 2.7, 8_300, 2, ['Buyer', 'Procurement Specialist'],
    { Negotiation: 3, SAP: 3, 'Contract Negotiation': 4 }, { 'Certified Professional in Supply Management': 7 },
    ['Ask for and compare offers.', 'Agree prices.', 'Follow deliveries.']),
  job('Airline Pilot', 'logistics', 134_000, 4.1, 1_900, 2, ['Commercial Pilot', 'First Officer'],
    { 'Instrument Flying': 2, 'Crew Resource Management': 2, Navigation: 1 }, { 'Airline Transport Pilot (ATP)': 16 },
    ['Prepare and fly routes.', 'Work with crew and control.', 'Decide in bad weather.']),
  // Law and public service
  job('Attorney', 'law', 98_000, 4.3, 12_000, 3.7, ['Lawyer', 'Solicitor', 'Associate Attorney'],
    { Litigation: 1, 'Contract Negotiation': 5, 'Intellectual Property': 11, 'Legal Research': -2, 'Labor Law': 2 },
    { 'Bar Admission': 5 },
    ['Advise clients.', 'Write and argue.', 'Negotiate settlements.']),
  job('Paralegal', 'law', 55_000, 2.6, 11_000, 2, ['Legal Assistant'],
    { 'Legal Research': 1, Litigation: 4, 'Document Management': 0, 'Intellectual Property': 8 }, { 'Certified Paralegal': 4 },
    ['Research and prepare documents.', 'Keep files and dates.', 'Help at trial.']),
  job('Judge', 'law', 142_000, 1.2, 410, 3.7, ['Magistrate'],
    { Litigation: 0, Mediation: 2, 'Legal Research': 0 }, {},
    ['Hear and decide cases.', 'Write decisions.', 'Lead hearings.']),
  job('Police Officer', 'publicService', 63_000, 2.3, 11_500, 1, ['Patrol Officer', 'Constable'],
    { 'Crisis Intervention': 2, Investigation: 5, 'Report Writing': 0, Spanish: 3 }, { 'Peace Officer Certification': 3 },
    ['Patrol and answer calls.', 'Secure evidence.', 'Write reports.']),
  job('Firefighter', 'publicService', 56_000, 2.2, 8_200, 1, ['Fire Fighter'],
    { 'Emergency Care': 3, 'Hazardous Materials': 2.5, Rescue: 2 }, { 'Firefighter II': 2, 'National Registry Paramedic': 8 },
    ['Fight fires.', 'Rescue people.', 'Teach prevention.']),
  job('Social Worker', 'publicService', 53_000, 1.9, 13_500, 3, ['Case Worker'],
    { 'Case Management': -1, Counseling: 2, 'Crisis Intervention': 2, 'Child Welfare': 0 },
    { 'Licensed Clinical Social Worker': 11 },
    ['Visit and advise families.', 'Find help that fits.', 'Guard children.']),
  job('Urban Planner', 'publicService', 66_000, 2.9, 2_700, 3, ['City Planner', 'Town Planner'],
    { GIS: 3, 'Public Speaking': 1, 'Environmental Assessment': 3 }, { 'AICP Certified Planner': 7 },
    ['Plan land and transport.', 'Hear residents.', 'Check applications.']),
  // Science
  job('Research Scientist', 'science', 89_000, 3.6, 8_500, 4, ['Scientist'],
    { Python: 4, Statistics: 3, 'Data Analysis': 1, 'Grant Writing': -1, 'Machine Learning': 9 }, {},
    ['Plan and run experiments.', 'Publish findings.', 'Guide juniors.']),
  job('Chemist', 'science', 68_000, 3.2, 6_400, 2, ['Analytical Chemist'],
    { HPLC: 2, 'Mass Spectrometry': 5, 'Quality Control': -1, 'Method Development': 4 }, {},
    ['Analyse samples.', 'Develop methods.', 'Keep instruments true.']),
  job('Biologist', 'science', 64_000, 3.0, 4_200, 2, ['Wildlife Biologist'],
    { GIS: 2, Statistics: 3, 'Field Research': -1, R: 4 }, {},
    ['Study living things.', 'Collect and read data.', 'Write assessments.']),
  job('Laboratory Technician', 'science', 45_000, 2.1, 12_500, 1, ['Lab Technician', 'Laboratory Assistant'],
    { 'Quality Control': 2, HPLC: 5, Microbiology: 2, Phlebotomy: -2 }, { 'Medical Laboratory Technician (MLT)': 8 },
    ['Prepare and test samples.', 'Record results.', 'Clean and calibrate.']),
  job('Geologist', 'science', 72_000, 3.5, 1_700, 2, ['Geoscientist'],
    { GIS: 2.5, 'Field Research': 0, 'Environmental Assessment': 2, 'Drilling Operations': 5 }, { 'Professional Geologist': 9 },
    ['Map rock and ground water.', 'Read drill cores.', 'Advise builders and mines.']),
  job('Astronomer', 'science', 108_000, 2.9, 210, 4, ['Astrophysicist'],
    { Python: 3, Statistics: 2, 'Machine Learning': 5 }, {},
    ['Plan observations.', 'Work through data.', 'Publish and teach.']),
  // Creative
  job('Graphic Designer', 'creative', 54_000, 3.1, 21_000, 2, ['Visual Designer'],
    { 'Adobe Photoshop': -1, 'Adobe Illustrator': -0.5, 'Web Design': 4, Branding: 3, Figma: 5 }, {},
    ['Design for print and screen.', 'Prepare files for printing.', 'Present drafts.']),
  job('Copywriter', 'creative', 58_000, 3.5, 6_600, 2, ['Content Writer'],
    { 'Search Engine Optimization (SEO)': 2, Advertising: 4, Editing: -2, 'Social Media': -1 }, {},
    ['Write for brands.', 'Work out campaigns.', 'Test what is read.']),
  job('Photographer', 'creative', 46_000, 2.2, 5_800, 1, [],
    { Photography: 0, 'Adobe Photoshop': 1, 'Video Editing': 5 }, {},
    ['Plan and take pictures.', 'Edit them.', 'Deliver and archive.']),
  job('Video Editor', 'creative', 56_000, 3.2, 5_100, 2, ['Film Editor'],
    { 'Adobe Premiere Pro': 1, 'Motion Graphics': 6, 'Video Editing': 0, 'Color Grading': 3 }, {},
    ['Cut and arrange footage.', 'Work on sound and colour.', 'Deliver in formats.']),
  job('Architect', 'creative', 83_000, 3.4, 7_000, 3, ['Building Architect'],
    { Revit: 1.5, AutoCAD: -1, 'Project Management': 5, Sustainability: 2.5 }, { 'Licensed Architect': 10, 'LEED Accredited Professional': 4 },
    ['Design buildings.', 'Prepare permits and tenders.', 'Follow building.']),
  job('Journalist', 'creative', 52_000, 3.3, 4_000, 2, ['Reporter', 'News Reporter'],
    { Editing: 2, 'Social Media': 0, 'Data Analysis': 7, 'Public Speaking': 2 }, {},
    ['Find and check stories.', 'Interview.', 'Write to a deadline.']),
];

export interface Currency {
  name: string;
  id: number;
  abbreviation: string;
  /** A spreadsheet pattern. */
  format: string;
}

export interface Place {
  city: string;
  state: string;
  /** Pay here, relative to the whole country. */
  pay: number;
  /** Percent of the country's profiles. */
  share: number;
}

export interface Country {
  name: string;
  currency: Currency;
  /** Units of its currency per US dollar. */
  exchange: number;
  /** Pay relative to the United States after currency conversion. */
  pay: number;
  /** Profiles relative to the United States. */
  size: number;
  places: readonly Place[];
}

// prettier-ignore
export const countries: readonly Country[] = [
  { name: 'United States', currency: currency('US Dollar', 1, 'USD', '$#,##0'), exchange: 1, pay: 1, size: 1, places: [
    place('Seattle', 'Washington', 1.16, 2.6), place('Spokane', 'Washington', 0.97, 0.4),
    place('San Francisco', 'California', 1.29, 3.4), place('Los Angeles', 'California', 1.12, 4.4),
    place('San Diego', 'California', 1.09, 1.6), place('New York', 'New York', 1.18, 6.2),
    place('Buffalo', 'New York', 0.94, 0.5), place('Boston', 'Massachusetts', 1.13, 2.5),
    place('Chicago', 'Illinois', 1.05, 3.3), place('Austin', 'Texas', 1.03, 1.7),
    place('Houston', 'Texas', 1.02, 2.3), place('Denver', 'Colorado', 1.05, 1.7),
    place('Atlanta', 'Georgia', 1.0, 2.1), place('Miami', 'Florida', 0.96, 1.5),
    place('Phoenix', 'Arizona', 0.98, 1.6), place('Portland', 'Oregon', 1.04, 1.1),
    place('Minneapolis', 'Minnesota', 1.03, 1.4), place('Burlington', 'Vermont', 0.95, 0.12),
    place('Helena', 'Montana', 0.88, 0.05), place('Columbus', 'Ohio', 0.97, 1.0),
  ] },
  { name: 'Canada', currency: currency('Canadian Dollar', 2, 'CAD', 'C$#,##0'), exchange: 1.35, pay: 0.76, size: 0.16, places: [
    place('Toronto', 'Ontario', 1.07, 17), place('Ottawa', 'Ontario', 1.03, 5),
    place('Vancouver', 'British Columbia', 1.06, 9), place('Victoria', 'British Columbia', 0.97, 1.6),
    place('Montreal', 'Quebec', 0.96, 9), place('Calgary', 'Alberta', 1.08, 7),
    place('Halifax', 'Nova Scotia', 0.92, 1.8), place('Winnipeg', 'Manitoba', 0.93, 2.2),
    place('Whitehorse', 'Yukon', 1.05, 0.1),
  ] },
  { name: 'United Kingdom', currency: currency('British Pound', 3, 'GBP', '£#,##0'), exchange: 0.79, pay: 0.64, size: 0.14, places: [
    place('London', 'England', 1.2, 24), place('Manchester', 'England', 0.98, 5),
    place('Birmingham', 'England', 0.96, 4), place('Bristol', 'England', 1.0, 3),
    place('Cambridge', 'England', 1.07, 1.6), place('Leeds', 'England', 0.94, 3),
    place('Edinburgh', 'Scotland', 1.01, 2.6), place('Glasgow', 'Scotland', 0.95, 2.6),
    place('Cardiff', 'Wales', 0.92, 1.3), place('Belfast', 'Northern Ireland', 0.89, 1.2),
  ] },
  { name: 'Germany', currency: currency('Euro', 4, 'EUR', '€#,##0'), exchange: 0.92, pay: 0.72, size: 0.05, places: [
    place('Berlin', 'Berlin', 1.0, 12), place('Munich', 'Bavaria', 1.14, 12),
    place('Nuremberg', 'Bavaria', 1.02, 3), place('Hamburg', 'Hamburg', 1.05, 8),
    place('Frankfurt', 'Hesse', 1.1, 9), place('Cologne', 'North Rhine-Westphalia', 1.03, 6),
    place('Dusseldorf', 'North Rhine-Westphalia', 1.06, 5), place('Stuttgart', 'Baden-Wurttemberg', 1.09, 6),
    place('Leipzig', 'Saxony', 0.87, 2),
  ] },
  { name: 'Australia', currency: currency('Australian Dollar', 5, 'AUD', 'A$#,##0'), exchange: 1.5, pay: 0.73, size: 0.07, places: [
    place('Sydney', 'New South Wales', 1.08, 24), place('Newcastle', 'New South Wales', 0.97, 2.5),
    place('Melbourne', 'Victoria', 1.03, 21), place('Brisbane', 'Queensland', 1.0, 11),
    place('Perth', 'Western Australia', 1.06, 9), place('Adelaide', 'South Australia', 0.93, 5),
    place('Hobart', 'Tasmania', 0.88, 1.2),
  ] },
  { name: 'India', currency: currency('Indian Rupee', 6, 'INR', '₹#,##0'), exchange: 83, pay: 0.12, size: 0.22, places: [
    place('Bengaluru', 'Karnataka', 1.18, 22), place('Mysuru', 'Karnataka', 0.86, 0.9),
    place('Mumbai', 'Maharashtra', 1.12, 15), place('Pune', 'Maharashtra', 1.04, 9),
    place('Hyderabad', 'Telangana', 1.08, 12), place('Chennai', 'Tamil Nadu', 1.0, 9),
    place('New Delhi', 'Delhi', 1.05, 8), place('Kolkata', 'West Bengal', 0.88, 4),
  ] },
  { name: 'Switzerland', currency: currency('Swiss Franc', 7, 'CHF', 'CHF #,##0'), exchange: 0.88, pay: 1.07, size: 0.012, places: [
    place('Zurich', 'Zurich', 1.08, 33), place('Winterthur', 'Zurich', 0.99, 3),
    place('Geneva', 'Geneva', 1.03, 16), place('Basel', 'Basel-Stadt', 1.04, 12),
    place('Bern', 'Bern', 0.97, 9),
  ] },
  { name: 'South Africa', currency: currency('South African Rand', 8, 'ZAR', 'R#,##0'), exchange: 18.5, pay: 0.26, size: 0.035, places: [
    place('Johannesburg', 'Gauteng', 1.08, 29), place('Pretoria', 'Gauteng', 1.02, 12),
    place('Cape Town', 'Western Cape', 1.03, 21), place('Durban', 'KwaZulu-Natal', 0.93, 10),
    place('Port Elizabeth', 'Eastern Cape', 0.87, 4),
  ] },
];

/** What an employer makes or does, and pay there relative to all employers. */
export const productActivities: Readonly<Record<string, number>> = {
  'Software Development': 1.08,
  'Information Technology Consulting': 1.04,
  'Internet Services': 1.07,
  'Financial Services': 1.07,
  Banking: 1.06,
  Insurance: 1.03,
  'Health Care Services': 0.99,
  Hospital: 1.01,
  Pharmaceuticals: 1.1,
  Biotechnology: 1.08,
  'Medical Devices': 1.06,
  'Automotive Manufacturing': 1.03,
  'Aerospace and Defense': 1.06,
  'Electronics Manufacturing': 1.04,
  'Food Production': 0.96,
  'Construction Services': 1.01,
  'Oil and Gas': 1.13,
  'Electric Utility': 1.07,
  Telecommunications: 1.03,
  'Transportation and Logistics': 0.99,
  'Retail Store': 0.93,
  Restaurant: 0.91,
  'Hotels and Lodging': 0.93,
  'Elementary and Secondary Education': 0.93,
  'University or College': 0.94,
  'Government Agency': 0.97,
  'Nonprofit Organization': 0.89,
  'Legal Services': 1.04,
  'Advertising and Marketing': 0.98,
  'Media and Publishing': 0.95,
};

function extra(reporting: number, ofBase: number): ExtraPay {
  return { reporting, ofBase };
}

function trade(
  degreePremium: number,
  spread: number,
  bonus: ExtraPay | null,
  commission: ExtraPay | null,
  profitShare: ExtraPay | null,
): Trade {
  return { degreePremium, spread, bonus, commission, profitShare };
}

function job(
  title: string,
  trade: keyof typeof trades,
  pay: number,
  growth: number,
  profiles: number,
  degree: number,
  aliases: readonly string[],
  skills: Readonly<Record<string, number>>,
  certifications: Readonly<Record<string, number>>,
  tasks: readonly string[],
): JobTitle {
  return { title, trade, pay, growth, profiles, degree, aliases, skills, certifications, tasks };
}

function place(city: string, state: string, pay: number, share: number): Place {
  return { city, state, pay, share };
}

function currency(name: string, id: number, abbreviation: string, format: string): Currency {
  return { name, id, abbreviation, format };
}
